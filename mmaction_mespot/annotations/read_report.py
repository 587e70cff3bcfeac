"""What a reader changed, dropped or noticed, row by row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmaction_mespot.delimited_text import escape


class ReadReport:
    """Log of a reader's decisions, each by a named rule.

    Args:
        rules: Sentence of each rule for the summary, by the rule's name; it reads on from a count, such as
            'events without offset: offset = apex'.

    Attributes:
        counts: How often each rule was applied.
        rows: One dict a decision with the keys ``rule, file, sheet, row, found, done``.
        found: What the reader found before it read on (workbook, frame tree, totals), for the summary.
    """

    COLUMNS = ('rule', 'file', 'sheet', 'row', 'found', 'done')

    def __init__(self, rules: Mapping[str, str]) -> None:
        self.rules = dict(rules)
        self.counts: Counter[str] = Counter()
        self.rows: list[dict[str, Any]] = []
        self.found: dict[str, str] = {}

    def add(
        self, rule: str, *, found: str, done: str, file: str, sheet: str = '', row: int | None = None
    ) -> None:
        """Note one decision.

        Args:
            rule: Name of the rule, a key of ``rules``.
            found: What the source says.
            done: What was made of it.
            file: The file or folder, relative to the data set's root where it lies in it.
            sheet: Sheet of the workbook, if any.
            row: Row of the sheet as the spreadsheet program numbers it (from 1), if any.

        Raises:
            KeyError: If the rule has no sentence.
        """
        if rule not in self.rules:
            raise KeyError(f'unknown rule {rule!r}, expected one of {sorted(self.rules)}')
        self.counts[rule] += 1
        self.rows.append(dict(rule=rule, file=file, sheet=sheet, row=row, found=found, done=done))

    def summary(self) -> str:
        """Give what was found and every applied rule with its count, a line each."""
        lines = [f'{name}: {value}' for name, value in self.found.items()]
        lines += [f'{self.counts[rule]} {text}' for rule, text in self.rules.items() if self.counts[rule]]
        return '\n'.join(lines)

    def save_csv(self, path: str | Path) -> None:
        """Write one line a decision (`annotations_report.csv`)."""
        with Path(path).open('w', newline='', encoding='utf-8') as file:
            writer = csv.DictWriter(file, fieldnames=self.COLUMNS)
            writer.writeheader()
            writer.writerows({name: escape(cell) for name, cell in row.items()} for row in self.rows)
