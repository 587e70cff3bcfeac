"""The table that the metric prints."""

from __future__ import annotations

import io
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from mmaction_mespot.evaluation.functional.counts import OVERALL, ROWS, Counts


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
