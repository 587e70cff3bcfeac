"""The files that spotting one video leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.evaluation.io.csv_layout import MEGC_LAYOUT, VideoDetections
from mmaction_mespot.evaluation.io.detection_csv import write_detection_csv
from mmaction_mespot.exports.read_result import read_result
from mmaction_mespot.intervals.detections import CLASSES, Detections
from mmaction_mespot.preprocessing.video import TimedFrame
from mmaction_mespot.spotters.proposals import PROPOSALS
from mmaction_mespot.spotting.crops import SpotCrops
from mmaction_mespot.spotting.inputs import RESULT
from mmaction_mespot.spotting.result import Interval, Spotting
from mmaction_mespot.visualization.moved import MovedRow, plot_moved
from mmaction_mespot.visualization.overlay import OverlayPainter, write_video
from mmaction_mespot.visualization.style import save_figure
from mmaction_mespot.visualization.video_timeline import TimelineBar, video_timeline

OVERLAY, PREVIEW, MOVED = 'overlay.mp4', 'preview.mp4', 'moved.png'


def write_result(result: Spotting, folder: Path, crops: Sequence[SpotCrops]) -> None:
    """Write tables, then pictures: of the crops, of the whole, and of what moved if anything was found.

    Args:
        result: What was found.
        folder: Where to; made if missing.
        crops: The aligned crops of each face, for the pictures; none leaves the pictures of faces out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Of an earlier run with other settings, or of another video.
    for stale in (OVERLAY, PREVIEW, PROPOSALS, MOVED):
        (folder / stale).unlink(missing_ok=True)
    result.to_json(folder / RESULT)
    result.to_csv(folder / 'intervals.csv')
    if result.proposals is not None:
        result.proposals.write(folder / PROPOSALS)
    if crops:
        _write_thumbnails(result.intervals, crops, folder / 'thumbnails')
    name = Path(result.path).name
    counts = [sum(CLASSES[i.label] == label for i in result.intervals) for label in CLASSES]
    title = f'{name}      {result.model["name"]}      ' + ', '.join(
        f'{count} {label}' for count, label in zip(counts, CLASSES, strict=True)
    )
    figure = video_timeline(
        title,
        result.duration_s,
        timeline_bars(result, crops),
        result.time_s,
        result.curves,
        result.thresholds,
        None if result.ground_truth is None else _truth_bars(result),
    )
    save_figure(figure, folder / 'timeline.png')
    if result.intervals:
        save_figure(plot_moved(title, _moved_rows(result, crops)), folder / MOVED)


def write_overlay(
    result: Spotting,
    frames: Iterable[TimedFrame],
    fps: float,
    path: Path,
    on_frame: Callable[[int], None] = lambda done: None,
) -> Path:
    """Write the video with the face box, a moving timeline and the found intervals.

    Args:
        result: What was found.
        frames: The video's frames on the working grid, from the start.
        fps: Their rate.
        path: The MP4.
        on_frame: Called with the number of frames painted so far.

    Returns:
        The path.
    """
    painter = OverlayPainter(
        result.size, result.duration_s, timeline_bars(result), result.time_s, result.curves, result.thresholds
    )

    def painted() -> Iterator[np.ndarray]:
        for position, frame in enumerate(frames):
            boxes = [boxes[position] for boxes in result.boxes if position < len(boxes)]
            yield painter.paint(frame.image, frame.time_s, boxes)
            on_frame(frame.index + 1)

    return write_video(painted(), fps, painter.size, path)


def write_submission(folders: Mapping[str, Path], path: Path) -> int:
    """Write the found intervals of several videos as a challenge submission (MEGC 2022-2025).

    Args:
        folders: Folders of results by the name that the video gets in the file; one without is passed over.
        path: The CSV.

    Returns:
        Number of its rows.
    """
    videos = [
        VideoDetections(name, _source_detections(folder / RESULT))
        for name, folder in folders.items()
        if (folder / RESULT).is_file()
    ]
    return write_detection_csv(videos, path, MEGC_LAYOUT)


def _source_detections(path: Path) -> Detections:
    """The found intervals as half-open intervals of the source's frames."""
    rows = read_result(path)['intervals']
    return Detections(
        np.array([(row['onset'], row['offset'] + 1) for row in rows]),
        np.array([row['score'] for row in rows]),
        np.array([CLASSES.index(row['label']) for row in rows], dtype=np.int64),
    )


def timeline_bars(result: Spotting, crops: Sequence[SpotCrops] = ()) -> list[TimelineBar]:
    """The found intervals for a picture, with the crop at the apex where there are crops."""
    return [
        TimelineBar(
            i.onset_s,
            i.offset_s,
            i.label,
            i.score,
            i.apex_s,
            crops[i.face].picture(i.positions[1]) if crops else None,
            ' '.join(movement.short for movement in i.moved),
        )
        for i in result.intervals
    ]


def _moved_rows(result: Spotting, crops: Sequence[SpotCrops]) -> list[MovedRow]:
    return [
        MovedRow(
            i.label,
            i.score,
            (i.onset_s, i.apex_s, i.offset_s),
            [movement.words for movement in i.moved],
            np.array(i.moved_s),
            np.array([movement.curve_iod for movement in i.moved]).reshape(len(i.moved), len(i.moved_s)),
            [crops[i.face].picture(position) for position in i.positions[:2]] if crops else (),
        )
        for i in result.intervals
    ]


def _truth_bars(result: Spotting) -> list[TimelineBar]:
    return [
        TimelineBar(row['onset_s'], row['offset_s'], CLASSES.index(row['label']))
        for row in result.ground_truth or ()
    ]


def _write_thumbnails(intervals: Sequence[Interval], crops: Sequence[SpotCrops], folder: Path) -> None:
    """Write ``<n>_{onset,apex,offset}.jpg``; those of an earlier run go."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob('[0-9]*_*.jpg'):
        old.unlink()
    for number, interval in enumerate(intervals):
        for name, position in zip(('onset', 'apex', 'offset'), interval.positions, strict=True):
            path = folder / f'{number:03d}_{name}.jpg'
            with whole_file(path) as temporary:
                temporary.write_bytes(crops[interval.face].jpeg(position))
