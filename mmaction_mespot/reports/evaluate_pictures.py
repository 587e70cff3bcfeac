"""The pictures of `tools/evaluate.py`."""

from __future__ import annotations

from pathlib import Path

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT
from mmaction_mespot.evaluation.functional.rates import reliability
from mmaction_mespot.reports.evaluate_input import EvaluationInput
from mmaction_mespot.visualization.ranking import plot_precision_recall, plot_reliability


def draw_pictures(
    given: EvaluationInput, protocol: Protocol | None, folder: str | Path, samples: int = 2000
) -> list[Path]:
    """Draw what the scores of all candidates are worth.

    Args:
        given: Labels and candidates.
        protocol: How hits are counted; None for the default protocol.
        folder: Where to write ``precision_recall.png`` and, if all scores lie in [0, 1], ``reliability.png``.
        samples: Draws of people for the intervals. Defaults to 2000.

    Raises:
        MESpotError: If all scores are equal.
    """
    if not given.scored:
        raise MESpotError(f'{given.name}: all scores are equal, so that there is no curve to draw')
    folder, rule = Path(folder), protocol or DEFAULT
    paths = [plot_precision_recall(given.videos, folder / 'precision_recall.png', rule, given.timed)]
    scores = [score for video in given.videos for score in video.detections.scores.tolist()]
    if min(scores) >= 0 and max(scores) <= 1:
        bins = reliability(given.videos, rule, samples=samples)
        paths.append(plot_reliability(bins, folder / 'reliability.png'))
    return paths
