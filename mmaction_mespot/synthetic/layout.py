"""Writes a root in the tree and the workbook layout of CAS(ME)^2, and the files beside it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.synthetic.events import SPLITS, VIDEO_CODES
from mmaction_mespot.synthetic.video_plan import VideoPlan

WORKBOOK = 'CAS(ME)^2code_final.xlsx'
TYPES = {'MaE': 'macro-expression', 'ME': 'micro-expression'}


def frame_name(index: int) -> str:
    """File name of a 0-based frame: 1-based, zero-padded to three digits, wider past 999."""
    return f'img{index + 1:03d}.jpg'


def label_rows(plans: Sequence[VideoPlan]) -> list[tuple[object, ...]]:
    """Rows of the first sheet: subject, video, onset, apex, offset, action units, emotion, type, self-report.

    Frames are 1-based, the offset inclusive; morphs have no action units.
    """
    rows: list[tuple[object, ...]] = []
    for plan in plans:
        labelled = [event for event in plan.events if event.label is not None]
        for number, event in enumerate(labelled, start=1):
            onset, apex, offset = (frame + 1 for frame in event.label or ())
            units = event.action_units or None
            row = (plan.person, f'{plan.name}_{number}', onset, apex, offset, units, event.emotion)
            rows.append((*row, TYPES[event.kind], event.emotion))
    return rows


def write_workbook(path: Path, plans: Sequence[VideoPlan]) -> None:
    """Write the label workbook: the labels, `naming rule1` (people), `naming rule2` (videos)."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = 'CASFEcode_final'
    rows = label_rows(plans)
    for row in rows:
        sheet.append(row)
    people = workbook.create_sheet('naming rule1')
    for row in rows:
        person = int(str(row[0]))
        people.append((person, f's{person:02d}', person))
    videos = workbook.create_sheet('naming rule2')
    for code, name, _ in sorted(VIDEO_CODES):
        videos.append((code, name))
    buffer = io.BytesIO()
    workbook.save(buffer)
    write_atomically(path, buffer.getvalue())


def write_sidecars(root: Path, part: str, plans: Sequence[VideoPlan], checksum: str) -> None:
    """Write `video_info.csv`, `splits.json` and `events.json` (the full truth, distractors included)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(['frame_dir', 'fps'])
    writer.writerows([plan.folder, plan.camera.fps] for plan in plans)
    write_atomically(root / 'video_info.csv', text.getvalue().encode())
    splits = {name: sorted({plan.subject for plan in plans if plan.split == name}) for name in SPLITS}
    write_atomically(root / 'splits.json', _json({'part': part, 'splits': splits}))
    truth = {'part': part, 'checksum': checksum, 'videos': [plan.as_dict() for plan in plans]}
    write_atomically(root / 'events.json', _json(truth))


def _json(data: object) -> bytes:
    return (json.dumps(data, indent=1) + '\n').encode()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file under a temporary name beside it, then rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        temporary.write_bytes(content)
