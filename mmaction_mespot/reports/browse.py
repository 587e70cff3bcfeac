"""A look at a prepared data set: contact sheets of its events and a page of statistics."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.progress import track

from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.annotations.statistics import DatasetStatistics, dataset_statistics
from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.frame_grid import grid_of
from mmaction_mespot.preprocessing.flow import compute_flow
from mmaction_mespot.preprocessing.store.store_reader import StreamReader
from mmaction_mespot.visualization.contact_sheet import SheetEvent, plot_contact_sheet
from mmaction_mespot.visualization.dataset_page import plot_dataset_statistics

EVENTS_PER_SHEET = 12
ADD_RGB = 'run tools/prepare.py again with rgb among --streams, all else as it was'


def browse(
    prepared: str | Path, out: str | Path, videos: Sequence[str] | None = None, flow_method: str = 'tvl1-fast'
) -> Path:
    """Write ``index.html`` with the statistics and a contact sheet for every 12 events of a video.

    Args:
        prepared: A prepared data set; its sheets need the stream ``rgb``. Without it the page holds the
            statistics, and says so.
        out: Folder of the page, made if needed.
        videos: Videos to draw; None for all that have events, an empty list for the statistics alone.
        flow_method: How the motion from onset to apex is computed.

    Returns:
        Path of ``index.html``.

    Raises:
        FileNotFoundError: If the annotations or a video's pictures are not there.
        MESpotError: If a wanted video is not in the data set, has no event, or cannot be drawn since the set
            has no ``rgb``.
    """
    prepared, out = Path(prepared), Path(out)
    data = load_annotations(prepared / 'annotations.json')
    chosen = _choose(data['data_list'], videos, prepared)
    note = ''
    if chosen and not (prepared / 'rgb').is_dir():
        note = f'{prepared}: no pictures of events, since the stream rgb was not prepared; ' + ADD_RGB
        if videos:
            raise MESpotError(note)
        chosen = []
    statistics = dataset_statistics(data)
    info = data['metainfo']
    name = ' '.join(str(part) for part in (info['dataset'], info.get('part')) if part)
    plot_dataset_statistics(statistics, out / 'statistics.png', name)
    sheets = []
    for entry in track(chosen, description='Contact sheets', disable=not chosen):
        sheets.append((entry, draw_sheets(prepared, entry, out, flow_method)))
    path = out / 'index.html'
    write_whole(path, _page(name, statistics, sheets, note))
    return path


def draw_sheets(prepared: Path, entry: dict[str, Any], out: Path, flow_method: str) -> list[Path]:
    """Draw the events of one video, 12 per sheet.

    Args:
        prepared: The prepared data set.
        entry: The video's annotation.
        out: Folder of the pictures ``<video_id>_<n>.png``.
        flow_method: How the motion from onset to apex is computed.

    Returns:
        The written paths.
    """
    reader = StreamReader(prepared / 'rgb' / f'{entry["video_id"]}.h5', 'rgb')
    events = [_sheet_event(reader, entry, instance, flow_method) for instance in entry['instances']]
    reader.close()
    paths = []
    for sheet, first in enumerate(range(0, len(events), EVENTS_PER_SHEET)):
        title = f'{entry["video_id"]}, {len(events)} events'
        part = events[first : first + EVENTS_PER_SHEET]
        paths.append(plot_contact_sheet(part, out / f'{entry["video_id"]}_{sheet + 1}.png', title))
    return paths


def _sheet_event(
    reader: StreamReader, entry: dict[str, Any], instance: dict[str, Any], flow_method: str
) -> SheetEvent:
    """Pictures and words of one event; without an apex its middle stands in."""
    start, end = instance['segment']
    apex = instance.get('apex')
    frames = (start, (start + end - 1) // 2 if apex is None else apex, end - 1)
    grid = grid_of(entry)
    shown = np.array(frames) if grid is None else grid.positions_of(np.array(frames))
    images = reader.read(np.clip(shown, 0, len(reader) - 1))
    grey = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in images[:2]]
    flow = compute_flow(grey[0], grey[1], flow_method)
    words = [
        CLASSES[instance['label']],
        f'{start / entry["fps"]:.2f} s, {(end - start) / entry["fps"]:.2f} s long',
        str(instance.get('emotion') or ''),
        f'AU {instance["action_units"]}' if instance.get('action_units') else '',
    ]
    return SheetEvent(
        title=', '.join(word for word in words if word),
        label=instance['label'],
        images=(images[0], images[1], images[2]),
        captions=(
            f'onset {frames[0]}',
            f'{"middle" if apex is None else "apex"} {frames[1]}',
            f'offset {frames[2]}',
        ),
        flow=flow - np.median(flow, axis=(0, 1)),
    )


def _choose(
    entries: list[dict[str, Any]], videos: Sequence[str] | None, prepared: Path
) -> list[dict[str, Any]]:
    """The videos to draw."""
    if videos is None:
        return [entry for entry in entries if entry['instances']]
    by_name = {entry['video_id']: entry for entry in entries}
    for video in videos:
        if video not in by_name:
            known = ', '.join(list(by_name)[:8])
            raise MESpotError(f'{prepared}: no video {video!r}; its {len(by_name)} videos begin with {known}')
        if not by_name[video]['instances']:
            raise MESpotError(f'{prepared}: the video {video!r} has no event to draw')
    return [by_name[video] for video in videos]


def _page(
    name: str, statistics: DatasetStatistics, sheets: list[tuple[dict[str, Any], list[Path]]], note: str
) -> str:
    """The HTML of the page."""
    rows = [
        ('people', str(statistics.subjects)),
        ('videos', f'{statistics.videos}, {statistics.videos_without_events} without an event'),
        ('duration', f'{statistics.duration_s / 60:.1f} min'),
        ('overlapping pairs of events', str(len(statistics.overlaps))),
    ]
    for label, lengths in zip(CLASSES, statistics.lengths_s, strict=True):
        text = str(len(lengths))
        if len(lengths):
            low, middle, high = np.percentile(lengths, (0, 50, 100))
            text += f'; length {low:.2f} to {high:.2f} s, median {middle:.2f} s'
        rows.append((label, text))
    table = ''.join(f'<tr><th>{html.escape(key)}</th><td>{html.escape(text)}</td></tr>' for key, text in rows)
    overlaps = ''.join(
        f'<li>{html.escape(video)}: events {first + 1} and {second + 1}</li>'
        for video, first, second in statistics.overlaps
    )
    body = f'<h1>{html.escape(name)}</h1><table>{table}</table><img src="statistics.png" alt="statistics">'
    body += f'<h2>Overlaps</h2><ul>{overlaps}</ul>' if overlaps else ''
    body += f'<p>{html.escape(note)}</p>' if note else ''
    for entry, paths in sheets:
        body += f'<h2>{html.escape(entry["video_id"])}</h2>'
        body += ''.join(f'<img src="{html.escape(path.name)}" alt="events">' for path in paths)
    style = 'body{font:15px sans-serif;max-width:1100px;margin:2em auto}th{text-align:left;padding-right:1em}'
    style += 'img{max-width:100%}'
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(name)}</title>'
        f'<style>{style}</style></head><body>{body}</body></html>\n'
    )
