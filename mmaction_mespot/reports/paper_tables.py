"""The paper's Tables I, II and III as printed, and the same tables with our figures beside them."""

from __future__ import annotations

from collections.abc import Sequence

from mmaction_mespot.evaluation.functional.counts import OVERALL, ROWS, count_videos
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.reports.evaluate_input import EvaluationInput
from mmaction_mespot.reports.evaluate_tables import iou_sweep_table, top_sweep_table
from mmaction_mespot.reports.tables import Cell, EvaluationTable

Three = tuple[float | None, float | None, float | None]

DATASETS = {'casme2': 'CAS(ME)^2', 'samm': 'SAMM'}
"""The paper's data sets, by the name in the annotations."""

LABELS = {'casme2': (300, 57), 'samm': (343, 159)}
"""Published numbers of MaE and ME of each."""

TABLE_I: dict[float, tuple[Three, Three, Three]] = {
    0.50: ((0.314, 0.513, 0.390), (0.067, 0.235, 0.104), (0.259, 0.515, 0.345)),
    0.40: ((0.358, 0.681, 0.467), (0.113, 0.362, 0.171), (0.347, 0.669, 0.455)),
    0.35: ((0.366, 0.694, 0.478), (0.127, 0.384, 0.190), (0.356, 0.688, 0.468)),
    0.30: ((0.410, 0.712, 0.520), (0.145, 0.432, 0.216), (0.402, 0.724, 0.511)),
}
"""Precision, recall, F1 of MaE, ME and overall by T_eval, on CAS(ME)^2, under the paper's names."""

TABLE_II: dict[float, dict[str, Three]] = {
    0.30: {'casme2': (0.252, 0.069, 0.241), 'samm': (0.268, 0.054, 0.253)},
    0.35: {'casme2': (0.263, 0.061, 0.255), 'samm': (0.272, 0.044, 0.264)},
    0.40: {'casme2': (0.273, 0.059, 0.262), 'samm': (0.280, 0.050, 0.271)},
    0.45: {'casme2': (0.291, 0.047, 0.287), 'samm': (0.331, 0.043, 0.317)},
    0.50: {'casme2': (0.327, 0.036, 0.306), 'samm': (0.344, 0.038, 0.324)},
    0.55: {'casme2': (0.340, 0.028, 0.319), 'samm': (0.359, 0.036, 0.341)},
    0.60: {'casme2': (0.356, 0.039, 0.334), 'samm': (0.367, 0.040, 0.352)},
}
"""F1 of MaE, ME and all by Top_threshold."""

TABLE_III: dict[str, dict[str, Three]] = {
    'Zhang [25]': {'casme2': (0.213, 0.055, 0.140), 'samm': (0.133, 0.073, 0.100)},
    'MESNet [24]': {'casme2': (None, None, 0.036), 'samm': (None, None, 0.088)},
    'Yap [26]': {'casme2': (0.216, 0.025, 0.142), 'samm': (0.192, 0.043, 0.107)},
    'He [27]': {'casme2': (0.417, 0.120, 0.353), 'samm': (0.411, 0.235, 0.370)},
    'LSSNet [28]': {'casme2': (0.380, 0.063, 0.327), 'samm': (0.336, 0.218, 0.290)},
    'Proposed': {'casme2': (0.390, 0.104, 0.345), 'samm': (0.382, 0.240, 0.367)},
}
"""F1 of MaE, ME and all by model."""


def table_one(given: EvaluationInput, protocol: Protocol, ours: str) -> EvaluationTable:
    """Table I: T_eval varies. The paper has it for CAS(ME)^2 only.

    Args:
        given: Our results.
        protocol: The rules, but for T_eval.
        ours: What our rows are called.
    """
    swept = iou_sweep_table(given, protocol, list(TABLE_I)).rows
    rows: list[list[Cell]] = []
    for (threshold, printed), row in zip(TABLE_I.items(), swept, strict=True):
        rows.append([f'{threshold:.2f}', 'paper', *(value for three in printed for value in three)])
        rows.append([f'{threshold:.2f}', ours, *row[1 : 1 + 3 * len(ROWS)]])  # the ranks stay out
    header = ['T_eval', 'figures', *(f'{name} {ratio}' for name in ROWS for ratio in ('P', 'R', 'F1'))]
    breaks = frozenset(range(1, len(rows), 2))
    return EvaluationTable('table_1', 'Table I: T_eval varies (paper: CAS(ME)^2)', header, rows, breaks)


def table_two(given: EvaluationInput, protocol: Protocol, ours: str) -> EvaluationTable:
    """Table II: F1 by Top_threshold, the share of a video's candidates that is kept."""
    swept = top_sweep_table(given, protocol, list(TABLE_II)).rows
    rows: list[list[Cell]] = []
    for (fraction, printed), row in zip(TABLE_II.items(), swept, strict=True):
        reported = [v for key in DATASETS for v in printed[key]]
        rows.append([f'{fraction:.2f}', *reported, *row[1 : 1 + len(ROWS)]])
    header = ['Top_threshold', *_paper_columns(), *(f'{name}, {ours}' for name in (*CLASSES, 'All'))]
    return EvaluationTable('table_2', 'Table II: F1, Top_threshold varies', header, rows)


def table_three(
    given: EvaluationInput, protocol: Protocol, ours: str, dataset: str | None
) -> EvaluationTable:
    """Table III: F1 of models, ours in the last row, in a column of its own for another data set.

    Args:
        given: Our results.
        protocol: The rules.
        ours: What our row is called.
        dataset: The paper's data set that ours is (a key of `DATASETS`), or None.
    """
    counts = count_videos(given.final_videos, protocol)
    own = (counts['MaE'].f1, counts['ME'].f1, counts[OVERALL].f1)
    nothing: Three = (None, None, None)
    models: dict[str, dict[str, Three]] = {**TABLE_III, ours: {dataset or '': own}}
    rows: list[list[Cell]] = []
    for model, printed in models.items():
        cells: list[Cell] = [model, *(value for key in DATASETS for value in printed.get(key, nothing))]
        rows.append([*cells, *printed.get('', nothing)] if dataset is None else cells)
    header = ['model', *_paper_columns('')]
    if dataset is None:
        header += [f'other data {name}' for name in (*CLASSES, 'All')]
    title = 'Table III: F1 of models (all but the last one as the paper reports them)'
    return EvaluationTable('table_3', title, header, rows)


def paper_dataset(dataset: str, part: str | None, given: EvaluationInput) -> tuple[str | None, str]:
    """Whether results may be compared with the paper's.

    Args:
        dataset: Name of the data set, as the annotations tell.
        part: Part of a data set, as the annotations tell: a made one has a name here.
        given: The pooled results.

    Returns:
        The paper's data set with exactly its published numbers of labels, or None; and a sentence on it.
    """
    found = tuple(
        sum(int((video.labels == label).sum()) for video in given.videos) for label in range(len(CLASSES))
    )
    held = f'{found[0]} MaE and {found[1]} ME'
    if dataset not in DATASETS or part is not None:
        called = dataset if part is None else f'{dataset} layout, part {part}'
        return None, (
            f"NOT COMPARABLE: these are other videos ({called}; {held}) than the paper's. "
            'Its figures stand beside ours for the shape only.'
        )
    published = f'{LABELS[dataset][0]} MaE and {LABELS[dataset][1]} ME'
    if found != LABELS[dataset]:
        return None, f'NOT COMPARABLE: the tested videos hold {held}, all of {DATASETS[dataset]} {published}.'
    return dataset, (
        f'All {held} of {DATASETS[dataset]} are tested. Of the paper it is not known how it chose epoch and '
        'threshold.'
    )


def _paper_columns(suffix: str = ', paper') -> Sequence[str]:
    return [f'{title} {name}{suffix}' for title in DATASETS.values() for name in (*CLASSES, 'All')]
