"""Where the networks that ship with the package lie."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from mmaction_mespot.errors import MESpotError

SHIPPED = {'lite': 'mespot_lite_synthme'}
"""File name (without its ending) of config, checkpoint and card by the name of the model."""

SHA256 = {
    'lite': 'a2ac007eef18c62fc83456ab03a61daacae22613ea7f6dd96ac1f788edba14b8',
}
"""SHA-256 of the checkpoint by the name of the model."""


@dataclass(frozen=True)
class ShippedModel:
    """A trained network of the package.

    Attributes:
        config_path: Config that needs no other file: ``model``, ``preparation`` (crop size and flow that it
            was trained on), ``test_dataloader`` (windows and stream), ``test_evaluator`` (merging).
        checkpoint_path: Its weights, with the score thresholds in ``score_thresholds``. The card beside it
            (same name, ``.md``) says how it was trained, what it reaches, and where its limits are.
    """

    config_path: Path
    checkpoint_path: Path


def shipped_model(name: str) -> ShippedModel:
    """Find a network that ships with the package.

    Args:
        name: Its name, such as ``'lite'``.

    Returns:
        Paths of its files.

    Raises:
        MESpotError: If there is none of that name, or the installation lacks its files or they are damaged.
    """
    if name not in SHIPPED:
        raise MESpotError(f'no model {name!r} ships with the package, expected one of {sorted(SHIPPED)}')
    stem = Path(__file__).with_name(SHIPPED[name])
    model = ShippedModel(stem.with_suffix('.py'), stem.with_suffix('.pth'))
    for path in (model.config_path, model.checkpoint_path):
        if not path.is_file():
            raise MESpotError(f'{path}: missing from the installation of mmaction_mespot, install it again')
    if hashlib.sha256(model.checkpoint_path.read_bytes()).hexdigest() != SHA256[name]:
        raise MESpotError(f'{model.checkpoint_path}: damaged, its SHA-256 is not that of the weights shipped')
    return model
