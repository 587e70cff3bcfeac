"""From BSN's first network to the files that its second one, and TCANet, read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmaction.models.localizers.utils import generate_bsp_feature, generate_candidate_proposals
from mmaction.registry import DATASETS, MODELS
from mmengine.device import get_device
from mmengine.registry import init_default_scope
from mmengine.runner import load_checkpoint
from rich.progress import track

from mmaction_mespot.apis.config_faults import config_faults, read_config
from mmaction_mespot.apis.runner_checks import check_checkpoint_fits
from mmaction_mespot.atomic_file import whole_file, write_whole
from mmaction_mespot.errors import MESpotError

TEM_HEADER = 'action,start,end,tmin,tmax'
PROPOSAL_HEADER = 'tmin,tmax,tmin_score,tmax_score,score,match_iou,match_ioa'
# A window without events is given one that lies outside: nothing overlaps it.
_NOWHERE = [dict(segment=[-2.0, -1.0])]


def write_bsn_proposals(
    config: str | Path,
    checkpoint: str | Path,
    out: str | Path,
    splits: Sequence[str] = ('train', 'val', 'test'),
    top_k: int = 100,
    peak_threshold: float = 0.5,
) -> int:
    """Run TEM over all windows and write proposals with their features (BSN, section 3.4; MMAction2's PGM).

    MMAction2's own ``tools/misc/bsn_proposal_generation.py`` does the last two steps for one annotation file;
    here the windows come from the config's data sets, and the two functions that do the work are MMAction2's.
    Windows whose files are there are left out, so an interrupted run resumes.

    Args:
        config: Config of TEM; its ``test_pipeline`` serves all splits.
        checkpoint: Weights of TEM.
        out: Folder to write: ``tem/<window>.csv``, ``proposals/<window>.csv``, ``features/<window>.npy``, and
            ``checkpoint.sha256``.
        splits: Splits whose windows are processed; the training windows are those with events.
        top_k: Best proposals of a window that are written, at least 2.
        peak_threshold: Boundaries are peaks of TEM's curves and all above this share of the highest.

    Returns:
        Number of windows that were processed now.

    Raises:
        MESpotError: If ``out`` holds files of another checkpoint.
    """
    init_default_scope('mmaction')
    cfg, out = read_config(config, ('model', 'test_pipeline')), Path(out)
    _claim(out, Path(checkpoint))
    with config_faults(config):
        model = MODELS.build(cfg.model)
    check_checkpoint_fits(model, str(checkpoint))
    load_checkpoint(model, str(checkpoint), map_location='cpu')
    model = model.to(get_device()).eval()
    done = 0
    for split in splits:
        if cfg.get(f'{split}_dataloader') is None:
            raise MESpotError(f'config {config} has no {split}_dataloader')
        dataset_cfg = cfg[f'{split}_dataloader'].dataset
        if split == 'train':
            dataset_cfg = {**dataset_cfg, 'pipeline': cfg.test_pipeline}
        with config_faults(config):
            dataset = DATASETS.build(dataset_cfg)
        # not over the data set itself: its indices have no end, they hold the epoch
        for index in track(range(len(dataset)), description=f'{split} windows'):
            name = dataset.get_data_info(index)['video_name']
            if not (out / 'features' / f'{name}.npy').is_file():
                _write_window(model, dataset[index], out, top_k, peak_threshold)
                done += 1
    return done


def _claim(out: Path, checkpoint: Path) -> None:
    """Mark the folder as made from a checkpoint."""
    if not checkpoint.is_file():
        raise MESpotError(f'checkpoint not found: {checkpoint}')
    digest, mark = hashlib.sha256(checkpoint.read_bytes()).hexdigest(), out / 'checkpoint.sha256'
    if mark.is_file() and mark.read_text(encoding='utf-8') != digest:
        raise MESpotError(
            f'{out} holds proposals of another checkpoint than {checkpoint}: choose another folder'
        )
    for folder in ('tem', 'proposals', 'features'):
        (out / folder).mkdir(parents=True, exist_ok=True)
    write_whole(mark, digest)


def _write_window(model: Any, item: dict, out: Path, top_k: int, peak_threshold: float) -> None:
    """Write the three files of a window, the one that marks it as done last."""
    batch = dict(inputs=[item['inputs']], data_samples=[item['data_samples']])
    with torch.no_grad():
        ((name, curves),) = model.test_step(batch)
    info = dict(item['data_samples'].metainfo)
    info['annotations'] = info['annotations'] or _NOWHERE
    _write_csv(out / 'tem' / f'{name}.csv', curves, TEM_HEADER)
    proposals = generate_candidate_proposals([0], [info], str(out / 'tem'), len(curves), peak_threshold)[name]
    # MMAction2 reads a file of a single row as a vector and fails.
    proposals = proposals[:top_k] if len(proposals) > 1 else np.repeat(proposals, 2, axis=0)
    _write_csv(out / 'proposals' / f'{name}.csv', proposals, PROPOSAL_HEADER)
    features = generate_bsp_feature([0], [info], str(out / 'tem'), str(out / 'proposals'), top_k)[name]
    with whole_file(out / 'features' / f'{name}.npy') as temporary, temporary.open('wb') as file:
        np.save(file, features)


def _write_csv(path: Path, rows: np.ndarray, header: str) -> None:
    with whole_file(path) as temporary:
        np.savetxt(temporary, rows, header=header, delimiter=',', comments='', fmt='%.6g')
