"""Training of the scorer of candidate movements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.spotters.movement_candidates import MovementTraces, propose
from mmaction_mespot.spotters.movement_features import GROUPS, describe
from mmaction_mespot.spotters.residual import overlap_targets

COARSE_COLUMNS = tuple(
    column
    for name, columns in GROUPS.items()
    if name not in ('profile', 'surroundings', 'levels')
    for column in columns
)
"""Features without the exact course in time and what lies around, which differ most between footages."""
_WIDE, _NARROW = (48, 1800, 3, 0.5), (16, 1500, 6, 0.5)
_BATCH, _NOISE, _DROPOUT = 1024, 0.05, 0.1
_POSITIVE_SHARE = 3.0


@dataclass(frozen=True)
class TrainingVideo:
    """Candidates of one video with what a scorer should say of them.

    Attributes:
        features: As :func:`describe` gives them, (m, features).
        targets: In [0, 1], (m,).
        weight: How often its candidates are drawn, against those of other videos.
    """

    features: np.ndarray
    targets: np.ndarray
    weight: float = 1.0


def training_video(
    traces: MovementTraces, segments: np.ndarray, labels: np.ndarray, weight: float = 1.0
) -> TrainingVideo:
    """Propose candidates and compare them with the labels.

    Args:
        traces: The traces.
        segments: Labelled intervals in frames, half-open, (k, 2).
        labels: Their classes, (k,).
        weight: See :class:`TrainingVideo`.
    """
    candidates, sources = propose(traces)
    targets = overlap_targets(candidates, segments, labels, traces.fps)
    return TrainingVideo(describe(traces, candidates, sources), targets, weight)


def fit_scorer(videos: Sequence[TrainingVideo], path: Path, seed: int = 0, steps_factor: float = 1.0) -> None:
    """Train the networks of a scorer and write them.

    Args:
        videos: Videos with candidates.
        path: The file, ``.npz``.
        seed: Seed of weights and batches. Defaults to 0.
        steps_factor: Factor on the number of steps. Defaults to 1.
    """
    videos = [video for video in videos if len(video.features)]
    features = np.concatenate([video.features for video in videos])
    targets = np.concatenate([video.targets for video in videos])
    drawn = np.concatenate([np.full(len(video.features), video.weight) for video in videos])
    drawn = drawn * np.where(targets > 0, _POSITIVE_SHARE, 1.0)
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-2
    arrays: dict[str, np.ndarray] = {}
    number = 0
    for columns, (width, steps, count, weight) in (
        (np.arange(features.shape[1]), _WIDE),
        (np.array(COARSE_COLUMNS), _NARROW),
    ):
        for _ in range(count):
            inputs = ((features - mean) / scale)[:, columns]
            layers = _fit(inputs, targets, drawn, width, max(1, round(steps * steps_factor)), seed + number)
            prefix = f'm{number}_'
            arrays |= {
                f'{prefix}weight': np.array(weight / count, np.float32),
                f'{prefix}mean': mean.astype(np.float32),
                f'{prefix}scale': scale.astype(np.float32),
                f'{prefix}keep': columns.astype(np.int16),
            }
            for place, layer in enumerate(layers):
                arrays[f'{prefix}w{place}'] = layer.weight.detach().numpy()
                arrays[f'{prefix}b{place}'] = layer.bias.detach().numpy()
            number += 1
    with whole_file(path) as partial, partial.open('wb') as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def _fit(
    inputs: np.ndarray, targets: np.ndarray, drawn: np.ndarray, width: int, steps: int, seed: int
) -> list[torch.nn.Linear]:
    torch.manual_seed(seed)
    linear = [
        torch.nn.Linear(inputs.shape[1], width),
        torch.nn.Linear(width, width),
        torch.nn.Linear(width, 1),
    ]
    model = torch.nn.Sequential(
        linear[0],
        torch.nn.GELU(),
        torch.nn.Dropout(_DROPOUT),
        linear[1],
        torch.nn.GELU(),
        torch.nn.Dropout(_DROPOUT),
        linear[2],
    )
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, steps)
    values = torch.tensor(inputs, dtype=torch.float32)
    goals = torch.tensor(targets, dtype=torch.float32)
    border = torch.cumsum(torch.tensor(drawn / drawn.sum()), 0)
    for _ in range(steps):
        row = torch.searchsorted(border, torch.rand(_BATCH, dtype=border.dtype)).clamp(max=len(values) - 1)
        noisy = values[row] + _NOISE * torch.randn_like(values[row])
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(noisy)[:, 0], goals[row])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return linear
