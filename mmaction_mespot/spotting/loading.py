"""From the name of a spotter, or a config and a checkpoint, to something that runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from mmaction_mespot.checkpoints.shipped_model import SHIPPED
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.shipped_files import find_config
from mmaction_mespot.spotters.movement import MOVEMENT, SCORER_FILE
from mmaction_mespot.spotters.proposals import Origin
from mmaction_mespot.spotters.rate_table import RateTable, file_hash
from mmaction_mespot.spotting.adapted import is_adapted, load_adapted
from mmaction_mespot.spotting.model import SpotModel
from mmaction_mespot.spotting.training_free import FLOW, flow_model, movement_model
from mmaction_mespot.study.calibration_file import read_calibration

FINAL = 'final.pth'
"""The checkpoint that a finished training leaves."""
SPOTTERS = (MOVEMENT, FLOW, *SHIPPED)
"""Names of the spotters that need no config."""
TRAINING_FREE: dict[str, Callable[[Mapping[str, float] | None], SpotModel]] = {
    MOVEMENT: movement_model,
    FLOW: flow_model,
}


def find_pretrained(source: str | Path) -> tuple[str, str | None]:
    """Find config and weights of a trained spotter by one name.

    Args:
        source: One of :data:`SPOTTERS`; the work folder of a training; a checkpoint with its config beside
            it, as a training leaves them; a config, with its checkpoint (of the same name, or ``final.pth``)
            beside it where it needs one; or a file of ``tools/adapt.py``.

    Returns:
        What :func:`load_spot_model` takes as model and weights.

    Raises:
        MESpotError: If there is no such thing, or one part of it is missing.
    """
    if str(source) in SPOTTERS or is_adapted(source):
        return str(source), None
    path = Path(find_config(source))
    if path.is_dir():
        if not (path / FINAL).is_file():
            found = ', '.join(sorted(file.name for file in path.glob('*.pth'))) or 'no checkpoint'
            raise MESpotError(f'{path}: found {found}, expected {FINAL}, which a finished training leaves')
        path = path / FINAL
    if not path.is_file():
        raise MESpotError(
            f'{source}: no such config, checkpoint or work folder, nor one of {", ".join(SPOTTERS)}'
        )
    if path.suffix == '.py':
        beside = (path.with_suffix('.pth'), path.with_name(FINAL))
        return str(path), next((str(file) for file in beside if file.is_file()), None)
    same = path.with_suffix('.py')
    configs = [same] if same.is_file() else sorted(path.parent.glob('*.py'))
    if len(configs) != 1:
        names = ', '.join(file.name for file in configs) or 'none'
        raise MESpotError(f'{path}: expected the one config of the training beside it, found {names}')
    return str(configs[0]), str(path)


def load_spot_model(
    model: str = MOVEMENT,
    weights: str | Path | None = None,
    device: str | None = None,
    batch_size: int = 8,
    amp: bool = False,
    thresholds: Mapping[str, float] | None = None,
    stride: int | None = None,
    false_per_minute: float | None = None,
    calibration: str | Path | None = None,
) -> SpotModel:
    """Load a spotter.

    Args:
        model: ``'movement'`` (candidate movements judged by a small scorer), ``'flow'`` (needs no training),
            the name of a network that ships with the package (``'lite'``), a config file: of a network, or
            of a spotter without training (``configs/spotters``), or a file of ``tools/adapt.py``.
        weights: Checkpoint of a config file's network.
        device: Such as ``'cpu'``, ``'cuda'``. Defaults to None: a GPU where there is one.
        batch_size: Windows that a network takes at once.
        amp: Run a network in half precision.
        thresholds: Smallest score by class name, over the spotter's own. Defaults to None.
        stride: Positions between the windows of a network. Defaults to None: the config's.
        false_per_minute: Thresholds for so many false detections per minute of video in which little happens,
            by the table that belongs to the spotter. Defaults to None.
        calibration: File of ``tools/adapt.py``, which gives thresholds and probabilities. Defaults to None.

    Returns:
        The spotter.

    Raises:
        MESpotError: If there is no such spotter, config and checkpoint do not belong together, or an option
            does not go with it, such as a rate with a spotter that has no table, or out of its range.
    """
    if sum(given is not None for given in (thresholds, false_per_minute, calibration)) > 1:
        raise MESpotError('give one of thresholds, false_per_minute and calibration')
    if false_per_minute is not None:
        found = load_spot_model(model, weights, device, batch_size, amp, stride=stride)
        if not isinstance(found.worth, RateTable):
            raise MESpotError(
                f'false detections per minute: {found.name} has no table of them, expected {MOVEMENT}, '
                'or thresholds'
            )
        return replace(found, thresholds=found.worth.thresholds(false_per_minute))
    if calibration is not None:
        known = read_calibration(Path(calibration), model if model in SPOTTERS else Path(model).stem)
        thresholds = dict(zip(CLASSES, known.thresholds, strict=True))
        return replace(
            load_spot_model(model, weights, device, batch_size, amp, thresholds, stride), worth=known
        )
    unknown = sorted(set(thresholds or {}) - set(CLASSES))
    if unknown:
        raise MESpotError(f'thresholds: found {unknown}, expected {" and ".join(CLASSES)}')
    if is_adapted(model):
        if weights is not None:
            raise MESpotError(f'{model} says itself which weights it takes, found {weights}')
        return load_adapted(
            Path(model),
            thresholds,
            lambda base, checkpoint: load_spot_model(
                base, checkpoint, device, batch_size, amp, stride=stride
            ),
        )
    if model in TRAINING_FREE and weights is not None:
        raise MESpotError(f'{model} needs no training and takes no checkpoint, found {weights}')
    if model in TRAINING_FREE and device is None:
        return _training_free(model, thresholds)
    model = model if model in SPOTTERS else find_config(model)
    if model not in SPOTTERS and not Path(model).is_file():
        raise MESpotError(f'model {model!r}: no such config file, expected one, or {", ".join(SPOTTERS)}')
    from mmaction_mespot.spotting import configured  # needs torch and MMAction2, slow to import

    device = configured.check_device(device)
    if model in TRAINING_FREE:
        return _training_free(model, thresholds)
    options = configured.NetworkOptions(device, batch_size, amp, thresholds, stride)
    found = configured.load_configured(model, weights, options)
    sha256 = '' if found.checkpoint is None else file_hash(Path(found.checkpoint))
    return replace(found, origin=Origin(model, None if weights is None else str(weights), sha256))


def _training_free(model: str, thresholds: Mapping[str, float] | None) -> SpotModel:
    sha256 = file_hash(SCORER_FILE) if model == MOVEMENT else ''
    return replace(TRAINING_FREE[model](thresholds), origin=Origin(model, None, sha256))
