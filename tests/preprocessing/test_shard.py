from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmaction_mespot.preprocessing.shard import Shard


def _videos(lengths: list[int]) -> list[dict[str, Any]]:
    return [{'video_id': f'v{i:03d}', 'total_frames': length} for i, length in enumerate(lengths)]


def test_longest_first_to_the_emptiest() -> None:
    videos = _videos([10, 50, 30, 20, 40])
    # 50 | 40, 30 -> second (70), 20 -> first (70), 10 -> first (80)
    assert [video['video_id'] for video in Shard(1, 2).share(videos)] == ['v000', 'v001', 'v003']
    assert [video['video_id'] for video in Shard(2, 2).share(videos)] == ['v002', 'v004']


@given(st.lists(st.integers(1, 500), min_size=1, max_size=40), st.integers(1, 6))
def test_every_video_is_in_one_share_and_the_shares_are_balanced(lengths: list[int], count: int) -> None:
    videos = _videos(lengths)
    shares = [Shard(i + 1, count).share(videos) for i in range(count)]
    assert sorted(video['video_id'] for share in shares for video in share) == [
        video['video_id'] for video in videos
    ]
    assert shares == [Shard(i + 1, count).share(videos[::-1])[::-1] for i in range(count)]
    frames = [sum(video['total_frames'] for video in share) for share in shares]
    assert max(frames) - min(frames) <= max(lengths)


def test_reading() -> None:
    assert Shard.parse('2/3') == Shard(2, 3)
    assert str(Shard(2, 3)) == '2/3'
    for text in ('0/3', '4/3', '2', '2/', 'a/b', '-1/2', '1/2/3'):
        with pytest.raises(ValueError, match=r'shard: found .*expected i/n'):
            Shard.parse(text)
