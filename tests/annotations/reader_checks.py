"""What the tests of every reader ask of its result."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mmaction_mespot.annotations.read_report import ReadReport


def events_of(data: dict[str, Any], video_id: str) -> list[tuple]:
    """(start, end, label, apex) of each event of a video."""
    video = next(video for video in data['data_list'] if video['video_id'] == video_id)
    return [(*event['segment'], event['label'], event.get('apex')) for event in video['instances']]


def lost_rows(data: dict[str, Any], report: ReadReport, rows: Iterable[int]) -> list[int]:
    """Rows of the table that are neither an event nor in the report as left out."""
    kept = {event['source']['row'] for video in data['data_list'] for event in video['instances']}
    dropped = {
        entry['row']
        for entry in report.rows
        if entry['done'] in ('dropped', 'no event', 'not read') and entry['row'] is not None
    }
    for entry in report.rows:
        if entry['rule'] == 'not_understood':
            for listed in re.findall(r'rows? ([\d, ]+)', entry['found']):
                dropped.update(int(number) for number in re.findall(r'\d+', listed))
    return [row for row in rows if row not in kept | dropped]
