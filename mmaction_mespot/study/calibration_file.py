"""``calibration.json``, ``fine_tuned.json``: what was adapted, for which spotter, and what that gained."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.checkpoints.shipped_model import SHIPPED
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports.read_result import read_result
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.spotters.proposals import Origin
from mmaction_mespot.spotters.residual import Residual
from mmaction_mespot.strict_json import read_json
from mmaction_mespot.study.calibration import Calibration, calibrate, gain_report
from mmaction_mespot.study.fine_tuning import fit_tuning, origin_of, tuning_report, tuning_videos
from mmaction_mespot.study.reviewed import RESULT, ReviewedVideo, reviewed_videos

CALIBRATION, FINE_TUNED = 'calibration.json', 'fine_tuned.json'
_FORMAT = 'mmaction_mespot.calibration'


@dataclass(frozen=True)
class Adaptation:
    """The content of a file.

    Attributes:
        model: Name of the spotter whose scores it is for; of a fine-tuned one that of the spotter before.
        origin: How that spotter is loaded.
        calibration: Thresholds and probabilities.
        residual: Correction of the scores before that, or None.
    """

    model: str
    origin: Origin
    calibration: Calibration
    residual: Residual | None


def adapt(root: Path, coder: str, out: Path, fine_tune: bool = False) -> dict[str, Any]:
    """Adapt the spotter of a study to what a coder reviewed, and write the file that says how.

    Args:
        root: Folder of results with corrections.
        coder: Whose corrections.
        out: The file to write.
        fine_tune: Whether to correct the scores too, by the reviewed stretches. Defaults to False: thresholds
            and probabilities alone.

    Returns:
        The content of the file; ``gain`` is as of :func:`gain_report` or :func:`tuning_report`.

    Raises:
        MESpotError: If too little was reviewed, or the results are of several spotters.
    """
    videos = reviewed_videos(root, coder)
    used = {_used(root / video.name / RESULT) for video in videos}
    if len(used) > 1:
        shown = sorted((name, thresholds) for name, thresholds, _ in used)
        raise MESpotError(f'{root}: results of different spotters or thresholds, expected one: {shown}')
    model, before, origin = used.pop()
    if fine_tune:
        if out.resolve() == (root / CALIBRATION).resolve():
            raise MESpotError(f'{out}: expected another name: this one is for the scores of the folder')
        found, extra = _fine_tune(root, videos, before)
    else:
        gain = gain_report(videos, before)
        found, extra = calibrate(videos, before), {'origin': asdict(origin), 'residual': None, 'gain': gain}
    content = {
        'format': _FORMAT,
        'version': 1,
        'model': model,
        'thresholds': dict(zip(CLASSES, found.thresholds, strict=True)),
        'slopes': dict(zip(CLASSES, found.slopes, strict=True)),
        'offsets': dict(zip(CLASSES, found.offsets, strict=True)),
        **extra,
    }
    write_json(content, out)
    return content


def _fine_tune(
    root: Path, videos: Sequence[ReviewedVideo], before: tuple[float, float]
) -> tuple[Calibration, dict[str, Any]]:
    tuning = tuning_videos(root, videos)
    gain = tuning_report(tuning, before)
    found = fit_tuning(tuning, before)
    decided = sum(video.reviewed.decided for video in tuning)
    return found.calibration, {
        'origin': asdict(origin_of(tuning)),
        'residual': found.residual.to_dict(),
        'penalty': None if math.isinf(found.penalty) else found.penalty,
        'gain': {'reviewed_intervals': decided, **gain},
    }


def read_calibration(path: Path, model: str | None = None) -> Calibration:
    """Read thresholds and probabilities.

    Args:
        path: The file.
        model: Name of the spotter whose scores they have to be for. Defaults to None: any.

    Raises:
        MESpotError: If it is none, or is for other scores.
    """
    found = read_adaptation(path)
    if model is not None and found.residual is not None:
        raise MESpotError(f'{path}: holds a fine-tuned spotter, give it as --model')
    if model is not None and found.model != model:
        raise MESpotError(f'{path}: is for the spotter {found.model!r}, expected {model!r}')
    return found.calibration


def read_adaptation(path: Path) -> Adaptation:
    """Read a whole file.

    Raises:
        MESpotError: If it is none.
    """
    if not path.is_file():
        raise MESpotError(f'{path}: no such file, expected one of tools/adapt.py')
    try:
        content = read_json(path)
        if content['format'] != _FORMAT:
            raise ValueError(f'format {content["format"]!r}')
        thresholds, slopes, offsets = values = [
            (float(content[key][CLASSES[0]]), float(content[key][CLASSES[1]]))
            for key in ('thresholds', 'slopes', 'offsets')
        ]
        gain = content['gain']
        minutes, rate = float(gain['reviewed_minutes']), gain['after']['false_per_min']
        made_from = f'{minutes:.3g} minutes of own videos that a coder reviewed'
        if not all(map(math.isfinite, (minutes, float(rate or 0), *chain.from_iterable(values)))):
            raise ValueError('numbers that are not finite')
        model, residual = str(content['model']), content.get('residual')
        return Adaptation(
            model,
            Origin(**content.get('origin', {'model': model})),
            Calibration(thresholds, slopes, offsets, None if rate is None else float(rate), made_from),
            None if residual is None else Residual.from_dict(residual),
        )
    except MESpotError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise MESpotError(f'{path}: expected a calibration of tools/adapt.py ({error!r})') from error


def _used(path: Path) -> tuple[str, tuple[float, float], Origin]:
    """Name, thresholds, and how to load the spotter of a result."""
    content = read_result(path)
    thresholds, model = content['thresholds'], content['model']
    values = (float(thresholds[CLASSES[0]]), float(thresholds[CLASSES[1]]))
    return str(model['name']), values, _origin(model)


def _origin(model: Mapping[str, Any]) -> Origin:
    config, checkpoint = model.get('config'), model.get('checkpoint')
    if config is None and checkpoint is not None:  # adapted before
        return Origin(str(checkpoint))
    if config is None or model['name'] in SHIPPED:
        return Origin(str(model['name']))
    return Origin(str(config), None if checkpoint is None else str(checkpoint))
