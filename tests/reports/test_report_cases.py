from __future__ import annotations

import math

from mmaction_mespot.evaluation.functional.outcomes import Outcome
from mmaction_mespot.reports.report_cases import best_cases, case_title, worst_cases


def hit(video: str, iou: float) -> Outcome:
    return Outcome('TP', video, 'hard', 0, (0, 30), (0, 30), 0.9, iou)


def false(video: str, score: float, label: int = 0) -> Outcome:
    return Outcome('FP', video, None, label, None, (60, 90), score, 0.0)


def missed(video: str, length: float) -> Outcome:
    return Outcome('FN', video, None, 1, (0, length), None, math.nan, 0.0)


def test_best_are_the_highest_iou_of_different_videos() -> None:
    hits = [hit('a', 0.9), hit('a', 0.95), hit('b', 0.6), hit('c', 0.7), false('d', 9.0)]
    assert [(o.video_id, o.iou) for o in best_cases(hits, 3)] == [('a', 0.95), ('c', 0.7), ('b', 0.6)]
    assert [o.iou for o in best_cases(hits[:2], 3)] == [0.95, 0.9]


def test_worst_takes_turns() -> None:
    # The second false detection exceeds its class's threshold by more.
    outcomes = [false('a', 0.9), false('b', 0.8, label=1), missed('c', 10), missed('d', 12), hit('e', 0.9)]
    worst = worst_cases(outcomes, [0.7, 0.2], 3)
    assert [(o.kind, o.video_id) for o in worst] == [('FN', 'd'), ('FP', 'b'), ('FN', 'c')]


def test_titles() -> None:
    assert case_title(hit('a', 0.9), 30.0, None) == (
        'MaE found   |   a (hard)   |   0.00 - 1.00 s   |   IoU 0.90   |   score 0.90'
    )
    assert case_title(missed('c', 12), 30.0, 'no candidate') == (
        'ME missed   |   c   |   0.00 - 0.40 s   |   no candidate'
    )
