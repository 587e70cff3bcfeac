from __future__ import annotations

from typing import Any

import numpy as np

from mmaction_mespot.annotations.statistics import dataset_statistics


def entry(video: str, subject: str, fps: float, *events: tuple[int, int, int]) -> dict[str, Any]:
    instances = [{'segment': [start, end], 'label': label} for start, end, label in events]
    return dict(video_id=video, subject=subject, fps=fps, total_frames=600, instances=instances)


def test_counts_by_hand() -> None:
    data = {
        'data_list': [
            entry('b1', 'b', 30.0, (0, 30, 0), (29, 41, 1), (41, 50, 1)),
            entry('a1', 'a', 60.0, (10, 40, 1)),
            entry('a2', 'a', 30.0),
        ]
    }
    statistics = dataset_statistics(data)
    assert (statistics.videos, statistics.videos_without_events, statistics.subjects) == (3, 1, 2)
    assert statistics.duration_s == 20 + 10 + 20
    np.testing.assert_allclose(statistics.lengths_s[0], [1.0])
    np.testing.assert_allclose(statistics.lengths_s[1], [0.4, 0.3, 0.5])
    assert statistics.events_per_video.tolist() == [3, 1, 0]
    assert statistics.events_per_subject == {'a': (0, 1), 'b': (1, 2)}
    # [0, 30) and [29, 41) share frame 29; [29, 41) and [41, 50) only touch
    assert statistics.overlaps == (('b1', 0, 1),)
