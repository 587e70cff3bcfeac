"""What coders decided about the videos of a study."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports.read_result import read_result
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.study.corrections import FOLDER, final_rows, interval_key, read_corrections

RESULT = 'intervals.json'
SPOTTER = 'spotter'
"""Stands for the spotter where a coder is named."""
_BIDS = re.compile(r'(?:^|[_/])(sub|ses)-([A-Za-z0-9]+)')


@dataclass(frozen=True)
class Events:
    """Intervals of one video.

    Attributes:
        segments_s: Onset and offset in seconds, (n, 2).
        labels: 0 MaE, 1 ME, int64, (n,).
    """

    segments_s: np.ndarray
    labels: np.ndarray

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, Any]]) -> Events:
        """From rows of ``intervals.json`` or of corrections, in their order."""
        return cls(
            np.array([(row['onset_s'], row['offset_s']) for row in rows], dtype=np.float64).reshape(-1, 2),
            np.array([CLASSES.index(row['label']) for row in rows], dtype=np.int64),
        )


@dataclass(frozen=True)
class ReviewedVideo:
    """One video that one coder has reviewed.

    Attributes:
        name: The video.
        truth: What the coder holds for events.
        candidates: Candidates of the spotter in the reviewed stretches, whatever their score.
        scores: Their scores, (n,).
        minutes: Length of the reviewed stretches.
        decided: Number of rows that the coder decided.
        stretches: First and last frame of each reviewed stretch.
    """

    name: str
    truth: Events
    candidates: Events
    scores: np.ndarray
    minutes: float
    decided: int
    stretches: Sequence[tuple[int, int]] = ()


def subject_and_session(name: str) -> tuple[str, str]:
    """Subject and session that a name tells.

    ``sub-01_ses-2_talk`` says both (as in BIDS); otherwise the first folder is the subject and the second one
    the session (``P01/day1/a``); what is missing is empty.
    """
    labelled = dict(_BIDS.findall(name))
    if labelled:
        return labelled.get('sub', ''), labelled.get('ses', '')
    folders = PurePosixPath(name).parts[:-1]
    return (*folders, '', '')[0], (*folders, '', '')[1]


def coders_of(root: Path) -> list[str]:
    """Names of all who corrected a video below a folder, sorted."""
    return sorted({path.stem for path in root.rglob(f'{FOLDER}/*.json')})


def events_of(root: Path, coder: str) -> dict[str, tuple[Events, float]]:
    """The final intervals of a coder, or of the spotter, and the length in seconds of each video.

    Raises:
        MESpotError: If the coder has corrected no video, or a file is broken.
    """
    found = {}
    for path in sorted(root.rglob(RESULT)):
        content = read_result(path)
        corrections = path.parent / FOLDER / f'{coder}.json'
        name = path.parent.relative_to(root).as_posix()
        try:
            if coder == SPOTTER:
                rows = content['intervals']
            elif corrections.is_file():
                rows = final_rows(content, read_corrections(corrections, content['video']['total_frames']))
            else:
                continue
            found[name] = (Events.of_rows(rows), float(content['video']['duration_s']))
        except (KeyError, TypeError) as error:
            raise MESpotError(
                f'{path.parent}: broken results or corrections of {coder} ({error!r})'
            ) from error
    if not found:
        known = ', '.join([SPOTTER, *coders_of(root)])
        raise MESpotError(f'{root}: {coder!r} has corrected no video, expected one of {known}')
    return found


def reviewed_videos(root: Path, coder: str) -> list[ReviewedVideo]:
    """The videos that a coder has reviewed, for :mod:`mmaction_mespot.study.calibration`.

    A candidate counts where it lies in a reviewed stretch or where a row decides it: what was looked at and
    not accepted is a false detection.

    Raises:
        MESpotError: If there is none, or a file is broken.
    """
    found = []
    for path in sorted(root.rglob(RESULT)):
        corrections = path.parent / FOLDER / f'{coder}.json'
        if not corrections.is_file():
            continue
        content = read_result(path)
        told = read_corrections(corrections, content['video']['total_frames'])
        try:
            decided = {interval_key(row['candidate']) for row in told['rows'] if row['candidate'] is not None}
            stretches = [(int(first), int(last)) for first, last in told['reviewed']]
            seen = [
                row
                for row in content['candidates']
                if interval_key(row) in decided
                or any(first <= row['onset'] and row['offset'] <= last for first, last in stretches)
            ]
            frames = len({frame for first, last in stretches for frame in range(first, last + 1)})
            found.append(
                ReviewedVideo(
                    path.parent.relative_to(root).as_posix(),
                    Events.of_rows([row for row in told['rows'] if row['state'] != 'rejected']),
                    Events.of_rows(seen),
                    np.array([row['score'] for row in seen], dtype=np.float64),
                    frames / float(content['video']['fps']) / 60,
                    len(told['rows']),
                    stretches,
                )
            )
        except (KeyError, TypeError) as error:
            raise MESpotError(f'{corrections}: no usable corrections ({error!r})') from error
    if not found:
        raise MESpotError(f'{root}: {coder!r} has corrected no video, expected one of {coders_of(root)}')
    return found
