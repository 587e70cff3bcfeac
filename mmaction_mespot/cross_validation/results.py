"""The results of a cross-validation: all folds pooled, counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mmaction_mespot.cross_validation.fold_plan import Fold
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.bootstrap import bootstrap_f1
from mmaction_mespot.evaluation.functional.counts import OVERALL, ROWS, count_by_subject, count_videos
from mmaction_mespot.evaluation.functional.dump import Dump
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.ranking import best_thresholds
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.reports.evaluate_input import EvaluationInput, pool_inputs
from mmaction_mespot.reports.evaluate_tables import count_cells, counts_table
from mmaction_mespot.reports.paper_tables import table_one, table_three, table_two
from mmaction_mespot.reports.tables import Cell, EvaluationTable


@dataclass(frozen=True)
class FoldResult:
    """A finished fold.

    Attributes:
        fold: The people.
        dump: The detections of the held-out ones.
    """

    fold: Fold
    dump: Dump

    def as_input(self) -> EvaluationInput:
        """For the tables; the fold keeps its own thresholds."""
        info = self.dump.metainfo
        return EvaluationInput(self.fold.name, self.dump.videos, info['thresholds'], info['top_threshold'])


def pool_folds(results: Sequence[FoldResult], name: str) -> EvaluationInput:
    """Pool the folds.

    Args:
        results: The finished folds.
        name: What the tables call them.

    Raises:
        MESpotError: If there is none, or a fold tested others than its people.
    """
    if not results:
        raise MESpotError('no fold is finished: there is nothing to pool')
    for result in results:
        tested = {video.subject for video in result.dump.videos}
        if not tested <= set(result.fold.test):
            raise MESpotError(
                f'fold {result.fold.name}: its detections are those of {", ".join(sorted(tested))}, expected '
                f'{", ".join(result.fold.test)}'
            )
    return pool_inputs([r.as_input() for r in results], [f'fold {r.fold.name}' for r in results], name)


def oracle_videos(videos: Sequence[VideoResult], protocol: Protocol) -> list[VideoResult]:
    """The videos with the thresholds that are best on themselves: they look at the test, no result."""
    best = best_thresholds(videos, protocol)
    return [video.with_thresholds(best) for video in videos]


def result_table(
    results: Sequence[FoldResult], pooled: EvaluationInput, protocol: Protocol
) -> EvaluationTable:
    """Counts and F1 of each class with the interval over people, and the two test-tuned figures beside it."""
    final = pooled.final_videos
    counts, intervals = count_videos(final, protocol), bootstrap_f1(final, protocol)
    oracle = count_videos(oracle_videos(pooled.videos, protocol), protocol)
    by_fold = [video for r in results for video in oracle_videos(r.dump.videos, protocol)]
    oracle_by_fold = count_videos(by_fold, protocol)
    rows: list[list[Cell]] = []
    for name in ROWS:
        limits = f'{intervals[name].low:.3f} to {intervals[name].high:.3f}'
        rows.append([name, *count_cells(counts[name]), limits, oracle[name].f1, oracle_by_fold[name].f1])
    header = ['class', 'TP', 'FP', 'FN', 'P', 'R', 'F1', '95 % over people', 'oracle F1', 'oracle F1 by fold']
    return EvaluationTable('result', f'All folds pooled, protocol {protocol.name}', header, rows)


def people_table(results: Sequence[FoldResult], protocol: Protocol) -> EvaluationTable:
    """Each held-out person: thresholds of the fold, counts, and the F1 with thresholds tuned on it."""
    rows: list[list[Cell]] = []
    for result in results:
        given = result.as_input()
        for subject, counts in count_by_subject(given.final_videos, protocol).items():
            own = [video for video in result.dump.videos if video.subject == subject]
            best = count_videos(oracle_videos(own, protocol), protocol)[OVERALL].f1
            labels = [
                int(sum((video.labels == label).sum() for video in own)) for label in range(len(CLASSES))
            ]
            thresholds: list[Cell] = [(given.thresholds or {}).get(name) for name in CLASSES]
            by_class: list[Cell] = [counts[name].f1 for name in CLASSES]
            cells = [subject, result.fold.name, len(own), *labels, *thresholds, *by_class]
            rows.append([*cells, *count_cells(counts[OVERALL]), best])
    header = ['person', 'fold', 'videos', *(f'{name} labels' for name in CLASSES)]
    header += [f'{name} threshold' for name in CLASSES] + [f'{name} F1' for name in CLASSES]
    header += ['TP', 'FP', 'FN', 'P', 'R', 'F1', 'oracle F1']
    return EvaluationTable('people', 'Held-out people', header, rows)


def result_tables(
    results: Sequence[FoldResult], pooled: EvaluationInput, protocol: Protocol, dataset: str | None
) -> list[EvaluationTable]:
    """All tables of ``results.md``.

    Args:
        results: The finished folds.
        pooled: What `pool_folds` made of them.
        protocol: The rules.
        dataset: The paper's data set that this is, or None.
    """
    return [
        result_table(results, pooled, protocol),
        people_table(results, protocol),
        table_one(pooled, protocol, 'ours'),
        table_two(pooled, protocol, 'ours'),
        table_three(pooled, protocol, f'ours ({pooled.name})', dataset),
        counts_table(pooled, protocol),
    ]


def sources(results: Sequence[FoldResult]) -> list[str]:
    """Where the folds' thresholds came from, each once."""
    return sorted({str(result.dump.metainfo['threshold_source']) for result in results})


def about_folds(results: Sequence[FoldResult]) -> list[dict[str, Any]]:
    """The people and thresholds of the folds, for JSON."""
    return [
        {
            'name': r.fold.name,
            'test': list(r.fold.test),
            'val': list(r.fold.val),
            'train': list(r.fold.train),
            'thresholds': r.dump.metainfo['thresholds'],
            'threshold_source': r.dump.metainfo['threshold_source'],
        }
        for r in results
    ]
