"""``calibration.json``: a calibration on disk, with the spotter that it is for and what it gained."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports.read_result import read_result
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.strict_json import read_json
from mmaction_mespot.study.calibration import Calibration, calibrate, gain_report
from mmaction_mespot.study.reviewed import RESULT, reviewed_videos

CALIBRATION = 'calibration.json'
_FORMAT = 'mmaction_mespot.calibration'


def adapt(root: Path, coder: str, out: Path) -> dict[str, Any]:
    """Calibrate the spotter of a study by what a coder reviewed, and write the calibration.

    Args:
        root: Folder of results with corrections.
        coder: Whose corrections.
        out: The file to write.

    Returns:
        The content of the file; ``gain`` is as of :func:`gain_report`.

    Raises:
        MESpotError: If too little was reviewed, or the results are of several spotters.
    """
    videos = reviewed_videos(root, coder)
    used = {_used(root / video.name / RESULT) for video in videos}
    if len(used) > 1:
        raise MESpotError(
            f'{root}: results of different spotters or thresholds, expected one: {sorted(used)}'
        )
    model, before = used.pop()
    gain = gain_report(videos, before)
    found = calibrate(videos, before)
    content = {
        'format': _FORMAT,
        'version': 1,
        'model': model,
        'thresholds': dict(zip(CLASSES, found.thresholds, strict=True)),
        'slopes': dict(zip(CLASSES, found.slopes, strict=True)),
        'offsets': dict(zip(CLASSES, found.offsets, strict=True)),
        'gain': gain,
    }
    write_json(content, out)
    return content


def read_calibration(path: Path, model: str | None = None) -> Calibration:
    """Read a calibration.

    Args:
        path: The file.
        model: Name of the spotter that it has to be for. Defaults to None: any.

    Raises:
        MESpotError: If it is none, or is for another spotter.
    """
    try:
        content = read_json(path)
        if content['format'] != _FORMAT:
            raise ValueError(f'format {content["format"]!r}')
        thresholds, slopes, offsets = values = [
            (float(content[key][CLASSES[0]]), float(content[key][CLASSES[1]]))
            for key in ('thresholds', 'slopes', 'offsets')
        ]
        found = str(content['model'])
        gain = content['gain']
        made_from = f'{float(gain["reviewed_minutes"]):.3g} minutes of own videos that a coder reviewed'
        rate = gain['after']['false_per_min']
        if not all(map(math.isfinite, (number for pair in values for number in pair))):
            raise ValueError('numbers that are not finite')
    except MESpotError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise MESpotError(f'{path}: expected a calibration of tools/adapt.py ({error!r})') from error
    if model is not None and found != model:
        raise MESpotError(f'{path}: is for the spotter {found!r}, expected {model!r}')
    return Calibration(thresholds, slopes, offsets, None if rate is None else float(rate), made_from)


def _used(path: Path) -> tuple[str, tuple[float, float]]:
    content = read_result(path)
    thresholds = content['thresholds']
    return str(content['model']['name']), (float(thresholds[CLASSES[0]]), float(thresholds[CLASSES[1]]))
