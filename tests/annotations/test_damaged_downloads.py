"""Damaged tables and frames: a message that names the place, and no event lost in silence."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path

import casme2_fixture as casme2
import casme3_fixture as casme3
import fourdme_fixture as fourdme
import pytest
import samm_fixture as samm
import smic_fixture as smic
from reader_checks import lost_rows

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.registry import read_dataset

DAMAGES = [
    None,
    '',
    '?',
    'ten',
    -5,
    0,
    10**7,
    12.7,
    True,
    ' 5 ',
    '006_1',
    '\u200b',
    3e300,
    '1/2',
    '#REF!',
]


def write_casme3(root: Path, labels: list[list]) -> None:
    casme3.write_casme3_table(root, labels, 'CAS(ME)3_part_A_v2.xlsx')


def write_fourdme(root: Path, labels: list[list]) -> None:
    fourdme.write_fourdme_table(root, {'Sheet1': [fourdme.HEADER, *labels]})


# How the frames and the table are written, the labels, and their rows in the sheet.
DOWNLOADS: dict[str, tuple[Callable, Callable, list, Iterable[int]]] = {
    'casme2': (
        casme2.write_casme2,
        lambda root, labels: casme2.write_workbook(root / 'CAS(ME)^2code_final.xlsx', labels),
        casme2.LABELS,
        range(1, 10),
    ),
    'samm': (
        samm.write_samm,
        lambda root, labels: samm.write_samm(root, labels, frames=False),
        samm.LABELS,
        samm.ROWS,
    ),
    'casme3': (casme3.write_casme3_frames, write_casme3, casme3.LABELS, casme3.ROWS),
    'smic': (
        smic.write_smic,
        lambda root, labels: smic.write_smic(root, labels, frames=False),
        smic.LABELS,
        smic.ROWS,
    ),
    'fourdme': (fourdme.write_fourdme_frames, write_fourdme, fourdme.LABELS, fourdme.ROWS),
}


def damage_labels(draw: random.Random, labels: list) -> list[list]:
    """Change one to three cells."""
    damaged = [list(row) for row in labels]
    for _ in range(draw.randint(1, 3)):
        row = draw.choice([row for row in damaged if row])
        row[draw.randrange(len(row))] = draw.choice(DAMAGES)
    return damaged


def damage_frame(draw: random.Random, root: Path) -> Callable[[], object]:
    """Remove, empty or rename a frame, or remove all of a video; gives what undoes it."""
    frame = draw.choice(sorted(root.rglob('*.jpg')))
    damaged = [root.parent / 'away', frame, frame.with_name(f'x{frame.name}'), root.parent / 'away']
    how = draw.randrange(4)
    moved = frame.parent if how == 3 else frame
    if how == 1:
        content = frame.read_bytes()
        frame.write_bytes(b'')
        return lambda: frame.write_bytes(content)
    moved.rename(damaged[how])
    return lambda: damaged[how].rename(moved)


@pytest.mark.parametrize('name', DOWNLOADS)
def test_no_event_is_lost_in_silence(name: str, tmp_path: Path) -> None:
    write_frames, write_table, labels, rows = DOWNLOADS[name]
    root = tmp_path / 'download'
    write_frames(root)
    draw = random.Random(name)
    for trial in range(40):
        undo = None
        damaged = labels if trial % 4 == 3 else damage_labels(draw, labels)
        write_table(root, damaged)
        if trial % 4 == 3:
            undo = damage_frame(draw, root)
        check(name, root, damaged, rows)
        if undo is not None:
            undo()


def check(name: str, root: Path, labels: list[list], rows: Iterable[int]) -> None:
    try:
        read_dataset(name, root)
    except AnnotationError as error:
        assert str(root) in str(error)
        assert error.problems
    try:
        data, report = read_dataset(name, root, lenient=True)
    except AnnotationError as error:
        assert str(root) in str(error)
        return
    numbers = range(min(rows), max(rows) + 1)
    filled = [
        number
        for number, row in zip(numbers, labels, strict=True)
        if any(cell not in (None, '') for cell in row)
    ]
    assert lost_rows(data, report, filled) == []


@pytest.mark.parametrize('name', DOWNLOADS)
def test_cut_off_table(name: str, tmp_path: Path) -> None:
    write_frames, write_table, labels, _ = DOWNLOADS[name]
    write_frames(tmp_path)
    write_table(tmp_path, labels)
    table = next(path for path in tmp_path.rglob('*.xlsx'))
    content = table.read_bytes()
    for length in (0, 10, len(content) // 2, len(content) - 30):
        table.write_bytes(content[:length])
        with pytest.raises(AnnotationError) as raised:
            read_dataset(name, tmp_path)
        assert table.name in str(raised.value)
