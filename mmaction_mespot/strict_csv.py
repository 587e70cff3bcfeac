"""Reading of CSV files that somebody else wrote."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

MAX_LABEL_ROWS = 100_000
"""Most rows of a table of labels; the largest published one has some 14,000."""


def read_csv(
    path: Path,
    required: Sequence[str],
    error: Callable[[str], Exception],
    lower: bool = False,
    max_rows: int | None = None,
    exact: bool = False,
    rename: Callable[[str], str] = str,
) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a CSV with a header, row by row: each column has a name of its own, each row a cell for each.

    Args:
        path: The file, UTF-8, with or without a byte order mark.
        required: Columns that must be there.
        error: Makes the error out of the reason, which names row and column but no file.
        lower: Whether the names of columns are read in lower case. Defaults to False.
        max_rows: Most rows. Defaults to None: as many as there are.
        exact: Whether no cell may lack at the end of a row. Defaults to False.
        rename: Gives the name of a column that a title in the file means. Defaults to the title itself.

    Yields:
        The number of the row's last line (from 1) and its cells by column, without blanks around them. Rows
        without any cell are passed over; empty cells may lack at the end of a row.

    Raises:
        OSError: If the file can't be read; what ``error`` makes, if it is not such a CSV.
    """
    try:
        with path.open(encoding='utf-8-sig', newline='') as file:
            reader = csv.reader(file, skipinitialspace=True, strict=True)
            header = [rename(name.strip().lower() if lower else name.strip()) for name in next(reader, [])]
            missing = [name for name in required if name not in header]
            if missing:
                raise error(f'columns {missing} expected, found {header}')
            double = sorted({name for name in header if name and header.count(name) > 1})
            if double:
                raise error(f'the columns {double} stand twice in the header, expected once')
            for count, cells in enumerate(filter(None, reader), start=1):
                if max_rows is not None and count > max_rows:
                    raise error(f'more than {max_rows} rows, expected fewer')
                if len(cells) > len(header) or (exact and len(cells) < len(header)):
                    wanted = f'{len(header)} cells as in the header'
                    raise error(f'row {reader.line_num}: expected {wanted}, found {len(cells)}')
                stripped = [cell.strip() for cell in cells]
                stripped += [''] * (len(header) - len(cells))
                yield reader.line_num, dict(zip(header, stripped, strict=True))
    except (UnicodeError, csv.Error) as unreadable:
        raise error(f'no readable CSV ({unreadable})') from unreadable
