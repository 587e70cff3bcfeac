"""Writes ``results.md``, ``results.json`` and the figures of a cross-validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.atomic_file import write_json, write_whole
from mmaction_mespot.cross_validation.figures import draw_figures
from mmaction_mespot.cross_validation.results import (
    FoldResult,
    about_folds,
    pool_folds,
    result_tables,
    sources,
)
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.reports.evaluate import describe_protocol
from mmaction_mespot.reports.paper_tables import paper_dataset
from mmaction_mespot.reports.tables import EvaluationTable

RESULTS = 'results'
PAPER_NOTE = (
    'P and R of the paper stand as printed; by its equations (4) and (5) the names are swapped (its recall '
    'divides by the detections). F1 is the same. A missing figure is "-".'
)


def write_results(
    results: Sequence[FoldResult],
    missing: Sequence[str],
    config: str,
    annotations: str,
    rules: Sequence[str],
    protocol: Protocol,
    work_dir: Path,
) -> list[EvaluationTable]:
    """Pool the finished folds and write everything; equal folds give equal files.

    Args:
        results: The finished folds.
        missing: Names of the folds that are not finished.
        config: Name of the config.
        annotations: The annotation file of the data set.
        rules: Sentences on how the folds were made.
        protocol: How detections are counted.
        work_dir: Gets ``results.md``, ``results.json`` and ``figures``.

    Returns:
        The tables.

    Raises:
        MESpotError: If no fold is finished, or a fold's detections are not those of its people.
    """
    info = load_annotations(annotations)['metainfo']
    offset_rules = frozenset([info['offset_rule']] if 'offset_rule' in info else [])
    pooled = replace(pool_folds(results, Path(config).stem), offset_rules=offset_rules)
    dataset, remark = paper_dataset(info['dataset'], info.get('part'), pooled)
    tables = result_tables(results, pooled, protocol, dataset)
    about: dict[str, Any] = {
        'config': config,
        'complete': not missing,
        'missing_folds': list(missing),
        'protocol': describe_protocol(protocol),
        'paper': remark,
        'folds': about_folds(results),
        'tables': {table.name: table.records() for table in tables},
    }
    pictures = draw_figures(results, protocol, work_dir / 'figures')
    write_json(about, work_dir / f'{RESULTS}.json')
    lines = [f'# Cross-validation of {Path(config).stem}', '']
    if missing:
        lines += [f'**INCOMPLETE: {len(missing)} folds are missing: {", ".join(missing)}.**', '']
    people = {video.subject for video in pooled.videos}
    lines += [
        f'{len(results)} folds, {len(pooled.videos)} videos of {len(people)} held-out people. '
        f'Thresholds: {", ".join(sources(results))}. {" ".join(rules)}',
        '',
        '`oracle`: with the thresholds that are best on all held-out videos together; `by fold`: on those of '
        'each fold by itself. Both look at the test and are no results; published figures often do.',
        '',
    ]
    if 'default' in sources(results):
        lines += ['**No thresholds were chosen in training: 0.5 was taken.**', '']
    if warning := pooled.offset_warning(protocol):
        lines += [f'**Warning: {warning}.**', '']
    for table in tables:
        if table.name == 'table_1':
            lines += [f'## Beside the paper\n\n**{remark}** {PAPER_NOTE}\n']
        lines.append(
            table.markdown().replace('## ', '### ', 1)
            if table.name.startswith('table_')
            else table.markdown()
        )
    lines.append('## Figures\n')
    for caption, path in pictures.items():
        lines.append(f'{caption}\n\n![{caption}]({path.relative_to(work_dir).as_posix()})\n')
    write_whole(work_dir / f'{RESULTS}.md', '\n'.join(lines))
    return tables
