from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.study.agreement import agreement_table, cohen_kappa, compare_events
from mmaction_mespot.study.reviewed import Events


def events(*rows: tuple[float, float, int]) -> Events:
    segments = np.array([row[:2] for row in rows], dtype=float).reshape(-1, 2)
    return Events(segments, np.array([row[2] for row in rows], dtype=np.int64))


def test_kappa_by_hand() -> None:
    # Agreement .7, by chance .5 * .6 + .5 * .4 = .5: (.7 - .5) / .5.
    assert cohen_kappa(np.array([[20, 5], [10, 15]])) == pytest.approx(0.4)
    assert np.isnan(cohen_kappa(np.array([[9, 0], [0, 0]])))


def test_one_video() -> None:
    found = compare_events(events((1, 2, 0), (4, 4.2, 1)), events((1.1, 2, 0), (4, 4.2, 0)), 10.0)
    assert (found.matched, found.first, found.second) == (1, 2, 2)
    assert found.onset_differences_s == pytest.approx([0.1])
    assert found.confusion.sum() == 1000 and found.confusion[1, 0] == 10 and found.confusion[2, 1] == 21


def test_intervals_over_videos() -> None:
    same = {name: (events((1, 2, 0)), 10.0) for name in 'ab'}
    table = agreement_table(same, same).set_index('figure')
    assert table.loc['event_f1', ['value', 'low', 'high']].tolist() == [1, 1, 1]
    assert table.loc['kappa_in_time', 'value'] == 1 and table.loc['event_f1', 'videos'] == 2
    with pytest.raises(MESpotError, match='no video is coded by both'):
        agreement_table(same, {'c': same['a']})
