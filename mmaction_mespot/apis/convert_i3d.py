"""Published weights of the Inception-I3D under the names of :class:`InceptionI3D`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from mmengine.runner.checkpoint import CheckpointLoader, save_checkpoint
from torch import Tensor

from mmaction_mespot.apis.i3d_namings import NAMINGS, Naming
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones.inception_i3d import NORM_EPSILON, InceptionI3D

PREFIXES = ('module.', 'backbone.')
"""What wrappers put in front of every name: ``DataParallel``, a recogniser."""

MODALITIES = {3: 'rgb', 2: 'flow'}
NORM_KEYS = ('weight', 'bias', 'running_mean', 'running_var')
COUNTER = 'num_batches_tracked'


@dataclass(frozen=True)
class Conversion:
    """Converted weights.

    Attributes:
        weights: State dict of :class:`InceptionI3D`, every key of it.
        naming: Whose names the source has.
        modality: ``'rgb'`` or ``'flow'``.
        left_aside: Keys of the source's classifier, which a backbone does not have.
    """

    weights: dict[str, Tensor]
    naming: str
    modality: str
    left_aside: tuple[str, ...]


def convert_state_dict(source: Mapping[str, Tensor]) -> Conversion:
    """Rename the weights of an Inception-I3D.

    Every key must find its place: each key of the backbone, each key of the source (but for those of its
    classifier). The count of batches, which files of PyTorch 0.3 lack, is 0 then. A naming whose network
    normalises with another epsilon gets its scales changed, so that the network computes the same.

    Args:
        source: State dict in one of :data:`NAMINGS`, its names with or without one of :data:`PREFIXES`.

    Returns:
        The conversion.

    Raises:
        MESpotError: If the naming is unknown, or a key is missing, left over or of another shape; the
            message lists them all.
    """
    naming, prefix = _find_naming(source)
    weights = {key.removeprefix(prefix): value for key, value in source.items() if key.startswith(prefix)}
    outside = sorted(key for key in source if not key.startswith(prefix))
    first = weights[f'{naming.units["conv_1a"][0]}.weight']
    modality = MODALITIES.get(first.shape[1] if first.dim() == 5 else 0)
    if modality is None:
        raise MESpotError(
            f'the first convolution must have the shape (64, 3 or 2, 7, 7, 7), found {tuple(first.shape)}'
        )
    with torch.device('meta'):
        target = InceptionI3D(first.shape[1]).state_dict()

    pairs = _key_pairs(naming)
    aside = {key for key in weights if key.startswith(naming.classifier)}
    aside_outside = {key for key in outside if key.startswith(naming.classifier)}
    problems = {
        'missing': [old for old in pairs if old not in weights and not old.endswith(COUNTER)],
        'unknown': sorted((set(weights) - set(pairs) - aside) | (set(outside) - aside_outside)),
        'of another shape': [
            f'{old} {tuple(weights[old].shape)} instead of {tuple(target[new].shape)}'
            for old, new in pairs.items()
            if old in weights and weights[old].shape != target[new].shape
        ],
    }
    if any(problems.values()):
        found = '; '.join(f'{len(keys)} {what}: {", ".join(keys)}' for what, keys in problems.items() if keys)
        raise MESpotError(f'this is no Inception-I3D in the names of {naming.name}: {found}')

    converted = {
        new: weights[old].clone() if old in weights else torch.zeros((), dtype=torch.int64)
        for old, new in pairs.items()
    }
    _change_epsilon(converted, naming.epsilon)
    return Conversion(converted, naming.name, modality, tuple(sorted(aside | aside_outside)))


def convert_i3d(source: str | Path, out: str | Path) -> Conversion:
    """Convert a file of weights.

    Args:
        source: State dict, alone or under the key ``state_dict``; it is loaded without running code from it.
        out: File to write, ``dict(state_dict=..., meta=...)``, for ``init_cfg`` of the two-stream backbone.

    Returns:
        What was converted.

    Raises:
        MESpotError: If the file is no state dict, or a key does not fit.
    """
    content = CheckpointLoader.load_checkpoint(str(source), map_location='cpu')
    weights = content.get('state_dict', content) if isinstance(content, Mapping) else None
    if not isinstance(weights, Mapping) or not all(isinstance(value, Tensor) for value in weights.values()):
        raise MESpotError(f'{source}: expected a state dict (tensors by name), found another content')
    try:
        conversion = convert_state_dict(weights)
    except MESpotError as error:
        raise MESpotError(f'{source}: {error}') from error
    meta = dict(source=Path(source).name, naming=conversion.naming, modality=conversion.modality)
    save_checkpoint(dict(state_dict=conversion.weights, meta=meta), str(out))  # whole or not at all
    return conversion


def _find_naming(source: Mapping[str, Tensor]) -> tuple[Naming, str]:
    """The naming, by its first convolution, and what stands before every name."""
    for naming in NAMINGS:
        first = f'{naming.units["conv_1a"][0]}.weight'
        for prefix in ('', *PREFIXES):
            if prefix + first in source:
                return naming, prefix
    expected = ', '.join(f'{naming.units["conv_1a"][0]}.weight ({naming.name})' for naming in NAMINGS)
    found = ', '.join(list(source)[:3]) or 'nothing'
    raise MESpotError(f'unknown names of weights: expected one of {expected}; the first keys are {found}')


def _key_pairs(naming: Naming) -> dict[str, str]:
    """Our key for each key of the source's backbone."""
    pairs = {}
    for unit, (conv, norm) in naming.units.items():
        pairs[f'{conv}.weight'] = f'{unit}.conv.weight'
        pairs |= {f'{norm}.{key}': f'{unit}.norm.{key}' for key in (*NORM_KEYS, COUNTER)}
    return pairs


def _change_epsilon(weights: dict[str, Tensor], epsilon: float) -> None:
    """Scale the normalisation so that our epsilon gives what ``epsilon`` gave, in place."""
    if epsilon == NORM_EPSILON:
        return
    for key in [key for key in weights if key.endswith('.running_var')]:
        scale = key.replace('running_var', 'weight')
        weights[scale] *= ((weights[key] + NORM_EPSILON) / (weights[key] + epsilon)).sqrt()
