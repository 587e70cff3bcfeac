from __future__ import annotations

from mmaction_mespot.atomic_file import numbered_name


def test_the_first_free_number() -> None:
    taken = {'talk.mp4', 'talk_2.mp4', 'talk_4.mp4', 'walk'}
    assert numbered_name('talk', taken.__contains__, '.mp4') == 'talk_3.mp4'
    assert numbered_name('talk', taken.__contains__) == 'talk'
    assert numbered_name('walk', taken.__contains__) == 'walk_2'
