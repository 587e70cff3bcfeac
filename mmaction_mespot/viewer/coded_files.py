"""Files of coders' programs as corrections: the same decisions as those of the viewer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports.coded_interval import CodedInterval, milliseconds
from mmaction_mespot.exports.formats import read_coding
from mmaction_mespot.exports.study_files import video_of
from mmaction_mespot.study.corrections import corrections_path, empty_corrections, read_corrections

from .label_table import FRAMES, decide
from .result_folder import ResultFolder


def import_codings(
    root: Path, paths: Sequence[Path], coder: str, name: str | None = None, whole: bool = False
) -> Iterator[tuple[str, int]]:
    """Store what coders left in their files as a coder's corrections, in place of earlier rows.

    A candidate that a file holds as it stands is accepted, another interval is added, and a candidate from
    the thresholds on that it does not hold is rejected, as for a table that the viewer reads back.

    Args:
        root: Folder of results.
        paths: Files of ELAN, Praat, BORIS or events.tsv, named as their video's folder of results.
        coder: Whose corrections they are.
        name: Their format. Defaults to None: by their endings.
        whole: Whether the videos were looked through from beginning to end. Defaults to False.

    Yields:
        The video and the number of its intervals.

    Raises:
        MESpotError: If a file is broken, belongs to no video or to several, or holds an interval outside of
            its video; the videos before it are stored then.
    """
    folder = ResultFolder(root)
    videos: dict[str, list[str]] = {}
    for video in folder.names():
        videos.setdefault(Path(video).name, []).append(video)
    for path in paths:
        found = videos.get(video_of(path), [])
        if len(found) != 1:
            expected = f'one of {", ".join(videos)}' if not found else f'a name that one of {found} has'
            raise MESpotError(f'{path}: results of {video_of(path)!r} in {root}, expected {expected}')
        result = folder.read(found[0])
        coded = read_coding(path, name)
        stored = corrections_path(folder.folder(found[0]), coder)
        total = int(result['video']['total_frames'])
        content = empty_corrections(coder, result['thresholds'])
        if stored.exists():
            content = read_corrections(stored, total)
        content['rows'] = decide(intervals_of_coding(coded, result, path), result)
        if whole:
            content['reviewed'] = [[0, total - 1]]
        folder.save(found[0], content)
        yield found[0], len(coded)


def intervals_of_coding(
    coded: Sequence[CodedInterval], result: Mapping[str, Any], path: Path
) -> list[dict[str, Any]]:
    """Intervals in frames, as :func:`~.label_table.decide` takes them.

    A candidate is known by its class and its ends to the millisecond. Other times become the nearest frame,
    by the frames and times of the candidates, so that recordings with a variable rate are met too.

    Raises:
        MESpotError: If an interval lies outside of the video; the message names the file.
    """
    video = result['video']
    total, fps = int(video['total_frames']), float(video['fps'])
    known = {
        (one['label'], milliseconds(one['onset_s']), milliseconds(one['offset_s'])): one
        for one in result['candidates']
    }
    pairs = {0: 0.0, total - 1: max(float(video['duration_s']) - 1 / fps, (total - 1) / fps / 2)}
    for one in result['candidates']:
        pairs |= {one[key]: one[f'{key}_s'] for key in FRAMES if one[key] is not None}
    frames = np.array(sorted(pairs))
    times = np.maximum.accumulate([pairs[frame] for frame in frames])
    found = []
    for number, one in enumerate(coded, start=1):
        place = f'{path}, interval {number}'
        if milliseconds(one.offset_s) > milliseconds(float(video['duration_s'])):
            wanted = f'expected an end up to {float(video["duration_s"]):.3f} s'
            raise MESpotError(f'{place}: {one.label} from {one.onset_s} to {one.offset_s} s, {wanted}')
        candidate = known.get((one.label, milliseconds(one.onset_s), milliseconds(one.offset_s)))
        row = {key: _frame(getattr(one, f'{key}_s'), times, frames) for key in FRAMES}
        if candidate is not None:
            row = {key: candidate[key] for key in FRAMES}
        elif row['apex'] is not None:
            row['apex'] = min(max(row['apex'], row['onset']), row['offset'])
        seconds = {f'{key}_s': getattr(one, f'{key}_s') for key in FRAMES}
        found.append({'id': f't{number}', 'label': one.label, **row, **seconds, 'note': one.comment})
    return found


def _frame(seconds: float | None, times: np.ndarray, frames: np.ndarray) -> Any:
    return None if seconds is None else int(np.rint(np.interp(seconds, times, frames)))
