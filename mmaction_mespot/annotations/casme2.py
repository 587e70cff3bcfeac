"""Reader of CAS(ME)^2: label workbook and frame tree to the common annotations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .assembly import ASSEMBLY_RULES, assemble, begin_reading
from .casme2_layout import (
    find_tree,
    find_workbook,
    list_videos,
    present_splits,
    read_frame_rates,
    read_splits,
    video_key,
)
from .casme2_table import TABLE_RULES, LabelTable
from .labels_only import list_labelled
from .locate import given_table, relative
from .read_report import ReadReport

DEFAULT_FPS = 30.0

RULES = {
    **TABLE_RULES,
    **ASSEMBLY_RULES,
    'split_subject_absent': 'subjects of splits.json without frames: left out of the split',
}


def read_casme2(
    root: str | Path,
    offset_rule: str = 'apex',
    frame_tree: str | None = None,
    table: str | Path | None = None,
    lenient: bool = False,
    backward_rule: str = 'error',
    labels_only: bool = False,
) -> tuple[dict[str, Any], ReadReport]:
    """Read CAS(ME)^2 from its label workbook and its frames.

    Frame numbers of the table are the numbers in the frames' names, from 1, and inclusive: onset..offset
    becomes the half-open ``[onset - 1, offset)`` of frames from 0. The class is the table's type, never the
    length. Each quirk of the table is met by a named rule that the report counts.

    Args:
        root: Folder that holds the workbook and ``rawpic`` or ``longVideoFaceCropped``. Two optional files
            beside them are read: ``video_info.csv`` (``frame_dir,fps``, else 30 frames per second) and
            ``splits.json``.
        offset_rule: What ends an event whose offset is 0: ``'apex'`` (the challenge baseline of MEGC2020),
            ``'apex+20'`` (LGSNet), ``'mirror'`` (2 apex - onset, AUW-GCN), or ``'drop'`` for leaving the
            event out. Defaults to 'apex'.
        frame_tree: ``'rawpic'``, ``'longVideoFaceCropped'``, or None for the first of them that exists.
            Defaults to None.
        table: The label workbook, where it is not to be searched for. Defaults to None.
        lenient: Leave out, and report, what can't be understood instead of raising. Defaults to False.
        backward_rule: What is done with an event whose offset lies before its onset (see
            `event_times.BACKWARD_RULES`). Defaults to 'error'.
        labels_only: Read the table alone: the frames need not be there. Defaults to False.

    Returns:
        The annotations (see ``schema.py``) and the report.

    Raises:
        AnnotationError: With all rows that can't be understood (file, sheet, row, column) and all faults of
            the frames (missing folder, gap in the numbering, event past the end) at once.
    """
    root, report = begin_reading(root, 'CAS(ME)^2', RULES, offset_rule, backward_rule)
    workbook = given_table(root, table) if table else find_workbook(root)
    book_name = relative(workbook, root)
    report.found.update(workbook=book_name)
    splits = read_splits(root)
    labels = LabelTable.read(workbook, book_name, offset_rule, report, backward_rule)
    problems = list(labels.problems)
    if labels_only:
        listing = list_labelled(root, [event.video_id for event in labels.events], DEFAULT_FPS)
    else:
        tree = find_tree(root, frame_tree)
        tree_name = report.found['frames'] = relative(tree, root)
        rates = read_frame_rates(root)
        listing = list_videos(root, tree, rates, DEFAULT_FPS)
        keys = {video_key(video.location) for video in listing.videos.values()}
        problems += [
            f'video_info.csv: no video {key} under {tree_name}' for key in sorted(rates) if key not in keys
        ]
    metainfo: dict[str, Any] = {'part': splits.get('part'), 'offset_rule': offset_rule}
    if 'splits' in splits:
        subjects = {video.subject for video in listing.videos.values()}
        metainfo['splits'] = present_splits(splits['splits'], subjects, report)
    data = assemble('casme2', listing, labels.events, problems, report, lenient, metainfo=metainfo)
    return data, report
