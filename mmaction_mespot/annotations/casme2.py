"""Reader of CAS(ME)^2: label workbook and frame tree to the common annotations."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

from mmaction_mespot.intervals.detections import CLASSES, MAE, ME

from .annotation_error import AnnotationError
from .casme2_layout import (
    TreeListing,
    VideoFolder,
    find_tree,
    find_workbook,
    list_videos,
    read_frame_rates,
    read_splits,
    video_key,
)
from .casme2_table import OFFSET_RULES, TABLE_RULES, LabelTable
from .read_report import ReadReport
from .schema import validate_annotations

DEFAULT_FPS = 30.0

RULES = {
    **TABLE_RULES,
    'filled_offset_clipped': 'events whose filled-in offset lay past the last frame: clipped to the video',
    'overlapping_pair': 'pairs of overlapping events: kept',
    'folder_ignored': 'folders whose name is not <subject>_<4-digit code>...: no video',
    'video_without_events': 'videos without events: kept, every detection in them is a false positive',
    'split_subject_absent': 'subjects of splits.json without frames: left out of the split',
}


def read_casme2(
    root: str | Path, offset_rule: str = 'apex', frame_tree: str | None = None, lenient: bool = False
) -> tuple[dict[str, Any], ReadReport]:
    """Read CAS(ME)^2 from its label workbook and its frames.

    Frame numbers of the table are the numbers in the frames' names, from 1, and inclusive: onset..offset
    becomes the half-open ``[onset - 1, offset)`` of frames from 0. The class is the table's type, never the
    length. Each quirk of the table is met by a named rule that the report counts.

    Args:
        root: Folder that holds the workbook and ``rawpic`` or ``longVideoFaceCropped``. Two optional files
            beside them are read: ``video_info.csv`` (``frame_dir,fps``, else 30 frames a second) and
            ``splits.json``.
        offset_rule: What ends an event whose offset is 0: ``'apex'`` (the challenge baseline of MEGC2020),
            ``'apex+20'`` (LGSNet), ``'mirror'`` (2 apex - onset, AUW-GCN), or ``'drop'`` for leaving the
            event out. Defaults to 'apex'.
        frame_tree: ``'rawpic'``, ``'longVideoFaceCropped'``, or None for the first of them that exists.
            Defaults to None.
        lenient: Leave out, and report, what can't be understood instead of raising. Defaults to False.

    Returns:
        The annotations (see ``schema.py``) and the report.

    Raises:
        AnnotationError: With all rows that can't be understood (file, sheet, row, column) and all faults of
            the frames (missing folder, gap in the numbering, event past the end) at once.
    """
    root = Path(root)
    if offset_rule not in OFFSET_RULES:
        raise AnnotationError(
            'offset_rule', [f'found {offset_rule!r}, expected one of {", ".join(OFFSET_RULES)}']
        )
    if not root.is_dir():
        raise AnnotationError(str(root), ['no such folder, expected the CAS(ME)^2 download'])
    report = ReadReport(RULES)
    workbook, tree = find_workbook(root), find_tree(root, frame_tree)
    book_name, tree_name = workbook.relative_to(root).as_posix(), tree.relative_to(root).as_posix()
    report.found.update(workbook=book_name, frames=tree_name)
    listing = list_videos(root, tree)
    for name in listing.ignored:
        report.add('folder_ignored', file=name, found='folder', done='not read')
    table = LabelTable.read(workbook, book_name, offset_rule, report)
    events, event_problems = _place_events(table, listing, report)
    splits, rates = read_splits(root), read_frame_rates(root)
    unknown = sorted(set(rates) - {video_key(folder.frame_dir) for folder in listing.videos})
    problems = [*listing.problems, *table.problems, *event_problems]
    problems += [f'video_info.csv: no video {key} under {tree_name}' for key in unknown]
    if problems and not lenient:
        raise AnnotationError(str(root), problems)
    for problem in problems:
        report.add('not_understood', file=str(root), found=problem, done='left out')

    folders = listing.videos
    data_list = [_entry(folder, events[folder.video_id], rates, report) for folder in folders]
    metainfo: dict[str, Any] = {
        'dataset': 'casme2',
        'classes': list(CLASSES),
        'part': splits.get('part'),
        'source_root': str(root.resolve()),
        'offset_rule': offset_rule,
    }
    if 'splits' in splits:
        metainfo['splits'] = _present(splits['splits'], {folder.subject for folder in folders}, report)
    data = {'metainfo': metainfo, 'data_list': data_list}
    validate_annotations(data, str(root))
    labels = Counter(instance['label'] for video in data_list for instance in video['instances'])
    report.found['totals'] = (
        f'{labels[MAE]} MaE and {labels[ME]} ME in {len(data_list)} videos of '
        f'{len({video["subject"] for video in data_list})} subjects'
    )
    return data, report


def _place_events(
    table: LabelTable, listing: TreeListing, report: ReadReport
) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Put each event into its video; give the events by video and the problems."""
    folders = {folder.video_id: folder for folder in listing.videos}
    placed: dict[str, list[dict[str, Any]]] = {video_id: [] for video_id in folders}
    problems = []
    rows_without_frames: dict[str, list[int]] = {}
    for event in table.events:
        if event.video_id not in folders:
            rows_without_frames.setdefault(event.video_id, []).append(event.where['row'])
            continue
        total = folders[event.video_id].frames.total_frames
        last = event.onset if event.apex is None else max(event.onset, event.apex)
        if event.offset_filled and last <= total < event.offset:
            done = f'offset {total}'
            report.add('filled_offset_clipped', **event.where, found=f'offset {event.offset}', done=done)
            event.offset = total
        if max(last, event.offset) > total:
            problems.append(
                f'{event.place}: event {event.onset}..{event.offset} past the end of {event.video_id}, '
                f'which has {total} frames'
            )
            continue
        placed[event.video_id].append(event.instance())
    for video_id, rows in rows_without_frames.items():
        fault = 'faulty frames' if video_id in listing.faulty else 'no folder of frames'
        listed = ', '.join(map(str, rows))
        problems.append(f'{table.file}: video {video_id} has {fault}, but labels in rows {listed}')
    return placed, problems


def _entry(
    folder: VideoFolder, instances: list[dict[str, Any]], rates: dict[str, float], report: ReadReport
) -> dict[str, Any]:
    """Give a video's entry, and note what is worth knowing about its events."""
    instances = sorted(instances, key=lambda instance: (instance['segment'], instance['source']['row']))
    for first, second in combinations(instances, 2):
        if second['segment'][0] < first['segment'][1]:
            rows = (first['source']['row'], second['source']['row'])
            report.add(
                'overlapping_pair',
                file=first['source']['file'],
                row=rows[1],
                found=f'{folder.video_id}: rows {rows[0]} and {rows[1]} overlap',
                done='both kept',
            )
    if not instances:
        report.add('video_without_events', file=folder.frame_dir, found='no row', done='kept')
    return {
        'video_id': folder.video_id,
        'subject': folder.subject,
        'frame_dir': folder.frame_dir,
        'filename_tmpl': folder.frames.filename_tmpl,
        'start_index': folder.frames.start_index,
        'total_frames': folder.frames.total_frames,
        'fps': rates.get(video_key(folder.frame_dir), DEFAULT_FPS),
        'size': list(folder.frames.size),
        'instances': instances,
    }


def _present(splits: dict[str, list[str]], subjects: set[str], report: ReadReport) -> dict[str, list[str]]:
    """Keep the subjects that have frames."""
    for name, members in splits.items():
        for subject in members:
            if subject not in subjects:
                report.add(
                    'split_subject_absent', file='splits.json', found=f'{name}: {subject}', done='left out'
                )
    return {name: [subject for subject in members if subject in subjects] for name, members in splits.items()}
