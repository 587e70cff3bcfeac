"""F1 of spotted intervals as a metric of MMEngine."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from mmaction.registry import METRICS
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from rich.console import Console
from rich.table import Table

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.ap import average_precision
from mmaction_mespot.evaluation.functional.counts import (
    AGNOSTIC,
    ALL_PARTS,
    OVERALL,
    ROWS,
    Counts,
    count_videos,
)
from mmaction_mespot.evaluation.functional.dump import Dump, save_dump
from mmaction_mespot.evaluation.functional.ranking import best_thresholds
from mmaction_mespot.evaluation.functional.rates import (
    RATES,
    false_per_minute,
    rate_figures,
    thresholds_at_rate,
)
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.evaluation.metrics.merging import merge_videos
from mmaction_mespot.evaluation.metrics.window_record import read_window
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.postprocess import PostProcessing

DEFAULT_THRESHOLD = 0.5


@METRICS.register_module()
class SpottingF1Metric(BaseMetric):
    """Precision, recall and F1 of spotted macro- and micro-expressions.

    The candidates of all windows of a video are merged (``merge_windows``) and matched one-to-one, by falling
    score, with the labels of their own class; counts are pooled over all videos, also those without events.
    Windows that a distributed sampler repeats count once.

    The score thresholds come from the first of these that there is: ``thresholds``; with ``tune_thresholds``
    those that are best on the evaluated videos; those that the model brings along, chosen in training on the
    validation part; else 0.5 for both classes, with a warning. The table names the source. Beside it stands
    ``oracle``: the F1 with the thresholds that are best on the evaluated videos, as often published.

    Args:
        post_processing: Fields of :class:`~mmaction_mespot.intervals.postprocess.PostProcessing`. Defaults to
            None.
        iou_threshold: Least IoU of a hit. Defaults to 0.5.
        thresholds: Score threshold by class name; a score equal to it is kept. Defaults to None.
        tune_thresholds: Choose the thresholds on the evaluated videos. For the validation part only, never
            for a test part. Defaults to False.
        false_per_minute: With ``tune_thresholds``, choose those that find most with at most this many false
            detections per minute, instead of those with the best F1. Defaults to None.
        top_threshold: Instead of thresholds, keep this fraction of each video's candidates, the best ones
            (the paper's Top_threshold). Defaults to None.
        dump_path: Where to write the merged candidates and the ground truth as JSON. Defaults to None.
        collect_device: As in :class:`~mmengine.evaluator.BaseMetric`. Defaults to 'cpu'.
        prefix: Prefix of the result's keys. Defaults to None, which is ``'spotting'``.
        collect_dir: As in :class:`~mmengine.evaluator.BaseMetric`. Defaults to None.

    Attributes:
        evaluated: Videos with all their candidates and the thresholds of the last evaluation, on the main
            process; None before it, and with ``top_threshold``.

    Raises:
        MESpotError: If a setting is unknown or out of its range.
    """

    default_prefix = 'spotting'

    def __init__(
        self,
        post_processing: Mapping[str, Any] | None = None,
        iou_threshold: float = 0.5,
        thresholds: Mapping[str, float] | None = None,
        tune_thresholds: bool = False,
        top_threshold: float | None = None,
        false_per_minute: float | None = None,
        dump_path: str | None = None,
        collect_device: str = 'cpu',
        prefix: str | None = None,
        collect_dir: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix, collect_dir=collect_dir)
        try:
            self.post_processing = PostProcessing.from_dict(post_processing)
        except MESpotError as error:
            raise MESpotError(f'SpottingF1Metric: {error}') from error
        if not 0 < iou_threshold <= 1:
            raise MESpotError(f'SpottingF1Metric: iou_threshold must lie in (0, 1], found {iou_threshold}')
        if thresholds is not None and sorted(thresholds) != sorted(CLASSES):
            raise MESpotError(
                f'SpottingF1Metric: thresholds needs a score for each of {CLASSES}, found {dict(thresholds)}'
            )
        if top_threshold is not None and not 0 <= top_threshold <= 1:
            raise MESpotError(f'SpottingF1Metric: top_threshold must lie in [0, 1], found {top_threshold}')
        if top_threshold is not None and (thresholds is not None or tune_thresholds):
            raise MESpotError(
                'SpottingF1Metric: top_threshold replaces score thresholds: '
                'give neither thresholds nor tune_thresholds with it'
            )
        if false_per_minute is not None and not (tune_thresholds and 0 <= false_per_minute < float('inf')):
            raise MESpotError(
                'SpottingF1Metric: false_per_minute must be a number of at least 0 and goes with '
                f'tune_thresholds, found {false_per_minute}'
            )
        self.false_per_minute = false_per_minute
        self.iou_threshold = iou_threshold
        self.thresholds = None if thresholds is None else [float(thresholds[name]) for name in CLASSES]
        self.tune_thresholds = tune_thresholds
        self.top_threshold = top_threshold
        self.dump_path = dump_path
        # of a model that cannot give them out with its predictions; set by ThresholdHook
        self.model_thresholds: list[float] | None = None
        self.evaluated: tuple[list[VideoResult], Sequence[float]] | None = None

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Read the windows of one batch.

        Args:
            data_batch: The batch; its ``data_samples`` give the meta information that an output lacks
                (``proposal_list`` comes with a video name only).
            data_samples: The model's outputs, one per window.

        Raises:
            MESpotError: If outputs are missing, or one lacks what the metric needs.
        """
        inputs = data_batch.get('data_samples') if isinstance(data_batch, Mapping) else None
        if inputs is not None and len(inputs) != len(data_samples):
            raise MESpotError(
                f'SpottingF1Metric: the model gave {len(data_samples)} outputs for {len(inputs)} windows. '
                "MMAction2's localizers answer for the first one only: set the batch size of the test to 1"
            )
        for index, sample in enumerate(data_samples):
            meta = {} if inputs is None else inputs[index].metainfo
            self.results.append(read_window(sample, {**meta, **sample}))

    def compute_metrics(self, results: list[dict]) -> dict[str, float]:
        """Merge the windows, count, print, dump.

        Args:
            results: The windows of all ranks.

        Returns:
            ``F1, P, R, TP, FP, FN`` overall, the same with ``_MaE`` and ``_ME``, ``F1_agnostic``, ``AP_MaE``,
            ``AP_ME``, ``FP_per_minute``, ``R_at_1_FP_per_minute``, ``R_at_0.2_FP_per_minute``,
            ``oracle_F1``, ``oracle_F1_MaE``, ``oracle_F1_ME``, and the ``threshold_MaE``,
            ``threshold_ME`` that were used (unless nobody chose them). If the videos belong to several parts,
            all but the thresholds once more for each, as ``<part>/F1`` and so on.

        Raises:
            MESpotError: If there is no window, or a candidate is not finite.
        """
        if not results:
            raise MESpotError('SpottingF1Metric: there is no window to evaluate, the data set is empty')
        videos = merge_videos(results, self.post_processing)
        brought = next(
            (r['score_thresholds'] for r in results if r['score_thresholds'] is not None),
            self.model_thresholds,
        )
        thresholds, source = self._choose_thresholds(videos, brought)
        if thresholds is None:
            final = [video.with_top_threshold(self.top_threshold) for video in videos]  # type: ignore[arg-type]
        else:
            final = [video.with_thresholds(thresholds) for video in videos]

        metrics: dict[str, float] = {}
        counts, oracle = {}, {}
        for part, chosen in _parts(videos).items():
            candidates = [videos[i] for i in chosen]
            best = best_thresholds(candidates, self.iou_threshold)
            counts[part] = count_videos([final[i] for i in chosen], self.iou_threshold)
            oracle[part] = count_videos([v.with_thresholds(best) for v in candidates], self.iou_threshold)
            figures = _flatten(counts[part], oracle[part])
            figures |= _rates(candidates, counts[part], self.iou_threshold)
            figures |= {f'AP_{k}': v for k, v in average_precision(candidates, self.iou_threshold).items()}
            metrics |= {k if part == ALL_PARTS else f'{part}/{k}': v for k, v in figures.items()}
        if thresholds is not None and source != 'default':
            metrics |= {f'threshold_{name}': value for name, value in zip(CLASSES, thresholds, strict=True)}

        self.evaluated = None if thresholds is None else (videos, thresholds)
        self._report(counts, oracle, thresholds, source, len(videos))
        if self.dump_path is not None:
            metainfo = {
                'classes': list(CLASSES),
                'thresholds': None if thresholds is None else dict(zip(CLASSES, thresholds, strict=True)),
                'top_threshold': self.top_threshold,
                'threshold_source': source,
                'iou_threshold': self.iou_threshold,
                'post_processing': self.post_processing.to_dict(),
            }
            save_dump(Dump(metainfo, videos), self.dump_path)
        return metrics

    def _choose_thresholds(
        self, videos: list[VideoResult], brought: list[float] | None
    ) -> tuple[Sequence[float] | None, str]:
        """The thresholds and where they come from; None with a top_threshold."""
        if self.top_threshold is not None:
            return None, 'top_threshold'
        if self.thresholds is not None:
            return self.thresholds, 'given'
        if self.tune_thresholds and self.false_per_minute is not None:
            rate = self.false_per_minute
            chosen = thresholds_at_rate(videos, rate, self.iou_threshold)
            return chosen, f'tuned on these videos for {rate:g} false detections per minute'
        if self.tune_thresholds:
            return best_thresholds(videos, self.iou_threshold), 'tuned on these videos'
        if brought is not None:
            return brought, 'model, chosen in training'
        MMLogger.get_current_instance().warning(
            'SpottingF1Metric: the model brings no score thresholds and the config gives none; '
            f'{DEFAULT_THRESHOLD} is taken for both classes'
        )
        return [DEFAULT_THRESHOLD] * len(CLASSES), 'default'

    def _report(
        self,
        counts: dict[str, dict[str, Counts]],
        oracle: dict[str, dict[str, Counts]],
        thresholds: Sequence[float] | None,
        source: str,
        videos: int,
    ) -> None:
        """Log the table."""
        if thresholds is None:
            kept = f'kept: the best {self.top_threshold:g} of the candidates of each video (top_threshold)'
        else:
            named = ', '.join(f'{name} {value:.4f}' for name, value in zip(CLASSES, thresholds, strict=True))
            kept = f'thresholds: {named} ({source})'
        caption = (
            f'{videos} videos, IoU >= {self.iou_threshold:g}; {kept}\n'
            'oracle F1: with thresholds tuned on the evaluated videos themselves'
        )
        MMLogger.get_current_instance().info('\n' + render_table(counts, oracle, caption))


def _parts(videos: Sequence[VideoResult]) -> dict[str, list[int]]:
    """Indices of all videos and, if there are several parts, of each part's."""
    names = sorted({video.part or 'none' for video in videos})
    parts = {ALL_PARTS: list(range(len(videos)))}
    if len(names) > 1:
        parts |= {n: [i for i, video in enumerate(videos) if (video.part or 'none') == n] for n in names}
    return parts


def _rates(
    candidates: Sequence[VideoResult], counts: Mapping[str, Counts], iou_threshold: float
) -> dict[str, float]:
    """False detections per minute, and recall at stated rates of them."""
    figures: dict[str, float] = {}
    for name, ranked in rate_figures(candidates, iou_threshold).items():
        suffix = '' if name == OVERALL else f'_{name}'
        figures[f'FP_per_minute{suffix}'] = false_per_minute(counts[name].fp, candidates)
        for rate in RATES:
            figures[f'R_at_{rate:g}_FP_per_minute{suffix}'] = ranked[f'R@{rate:g}/min'].value
    return figures


def _flatten(counts: Mapping[str, Counts], oracle: Mapping[str, Counts]) -> dict[str, float]:
    """Flat figures of one part."""
    figures: dict[str, float] = {}
    for name in (OVERALL, *CLASSES):
        suffix = '' if name == OVERALL else f'_{name}'
        c = counts[name]
        figures |= {
            f'F1{suffix}': c.f1,
            f'P{suffix}': c.precision,
            f'R{suffix}': c.recall,
            f'TP{suffix}': c.tp,
            f'FP{suffix}': c.fp,
            f'FN{suffix}': c.fn,
            f'oracle_F1{suffix}': oracle[name].f1,
        }
    figures['F1_agnostic'] = counts[AGNOSTIC].f1
    return figures


def render_table(
    counts: Mapping[str, Mapping[str, Counts]], oracle: Mapping[str, Mapping[str, Counts]], caption: str
) -> str:
    """Render the counts of every part as text.

    Args:
        counts: Counts by part, then by class.
        oracle: The same with thresholds tuned on the evaluated videos themselves.
        caption: Line below the table, not wrapped.
    """
    table = Table()
    if len(counts) > 1:
        table.add_column('part')
    table.add_column('class')
    for name in ('TP', 'FP', 'FN', 'P', 'R', 'F1', 'oracle F1'):
        table.add_column(name, justify='right')
    for part, by_class in counts.items():
        for name in ROWS:
            c = by_class[name]
            ratios = (c.precision, c.recall, c.f1, oracle[part][name].f1)
            cells = [name, *map(str, (c.tp, c.fp, c.fn)), *(f'{ratio:.3f}' for ratio in ratios)]
            table.add_row(*([part] if len(counts) > 1 else []), *cells, end_section=name == OVERALL)
    # A wide, plain console of its own: the log file must not depend on the terminal.
    console = Console(file=io.StringIO(), width=120, color_system=None)
    console.print(table)
    return console.file.getvalue() + caption  # type: ignore[attr-defined]
