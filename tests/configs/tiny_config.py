"""Cuts a config down to a training of one step on a tiny prepared set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mmengine.config import Config
from prepared_set import CROP

CLIP_LEN, SIZE, ALL_PROPOSALS = 32, 32, 1000
# video_id: subject, frames, fps, [(start, end, label)]; the splits are those of `prepared_set`
TINY_VIDEOS = {
    's01_0101': ('s01', 64, 30.0, [(8, 32, 0), (44, 56, 1)]),
    's01_0102': ('s01', 48, 30.0, []),
    's02_0101': ('s02', 64, 60.0, [(10, 48, 0)]),
    's03_0101': ('s03', 64, 30.0, [(10, 40, 0), (44, 56, 1)]),
}
TINY_STREAMS = ('rgb', 'flow', 'flow_grid', 'flow_roi', 'flow_patch', 'face_shape')
TINY_FOLD = 's03'


def _fewer_anchors(cfg: Config) -> None:
    """BMN looks at every pair of positions."""
    cfg.model.update(num_samples=4, hidden_dim_1d=16, hidden_dim_2d=8, hidden_dim_3d=16)


def _narrow_resnets(cfg: Config) -> None:
    """An I3D-R50 with an eighth of its channels; the neck's inputs follow."""
    resnets = [node for node in _dicts(cfg.model.backbone) if node.get('type') == 'ResNet3d']
    if 'neck' in cfg.model and resnets and all(node.get('base_channels', 64) == 64 for node in resnets):
        for node in resnets:
            node['base_channels'] = 64 // 8
        cfg.model.neck.in_channels = [channels // 8 for channels in cfg.model.neck.in_channels]


def _narrow_zoo(cfg: Config) -> None:
    """The transformers of the zoo with fewer layers and a tenth of their width."""
    backbone, head = cfg.model.backbone, cfg.model.head
    if backbone.type == 'SLSwin':
        backbone.update(channels=8, depths=(1, 1), heads=(1, 2))
        head.in_channels = 2 * 16
    elif backbone.type == 'SpotFormer':
        backbone.channels = head.in_channels = 16
    elif backbone.type == 'METST':
        backbone.update(depth=1, state=4)


def _cut_spotter(cfg: Config) -> None:
    _narrow_resnets(cfg)
    _narrow_zoo(cfg)


# What a kind of model needs beside the general cuts; a config of a known kind needs no entry of its own.
CUTS: dict[str, Callable[[Config], None]] = {'MESpotter': _cut_spotter, 'BMN': _fewer_anchors}


def tiny_config(path: Path, work_dir: Path) -> Config:
    """Read a config and cut it down.

    Args:
        path: The config; its data lie where ``MESPOT_DATA`` says.
        work_dir: Work folder of the run.

    Returns:
        The config: windows of 32 positions, pictures of 32 px, one epoch of one or two batches.
    """
    cfg = Config.fromfile(path)
    if 'crop_size' in (cfg.get('preparation') or {}):
        cfg.preparation.crop_size = CROP
    for node in _dicts(cfg._cfg_dict):
        if str(node.get('type')).startswith('Stream') and 'size' in node:
            node['size'] = SIZE
        if 'clip_len' in node:
            node.update(clip_len=CLIP_LEN, **({'stride': CLIP_LEN} if 'stride' in node else {}))
        if 'temporal_dim' in node:
            node['temporal_dim'] = CLIP_LEN
        if 'dump_config' in node:
            node['dump_config']['out'] = str(work_dir / 'dump')
    for split in ('train', 'val', 'test'):
        loader = cfg.get(f'{split}_dataloader')
        if loader is not None:
            loader.update(batch_size=min(loader.batch_size, 2), num_workers=0, persistent_workers=False)
    if cfg.get('train_cfg') is not None:
        for node in _dicts(cfg.train_dataloader):
            if node.get('type') == 'LongVideoDataset':
                node['windows_per_epoch'] = 2
            if node.get('type') == 'PseudoVideoDataset':  # of its windows, one holds an event
                cfg.train_dataloader.drop_last = False
            if node.get('type') == 'LoadProposals':  # PEM's loss needs a good one
                node['top_k'] = ALL_PROPOSALS
        by_epoch = 'max_epochs' in cfg.train_cfg
        cfg.train_cfg.update({'max_epochs' if by_epoch else 'max_iters': 1, 'val_interval': 1})
        cfg.default_hooks.checkpoint.save_optimizer = False
    CUTS.get(cfg.model.type, lambda _: None)(cfg)
    cfg.work_dir, cfg.experiment_name = str(work_dir), f'{path.stem}_{work_dir.name}'
    cfg.log_level, cfg.launcher = 'WARNING', 'none'
    return cfg


def _dicts(node: Any) -> Iterator[Any]:
    """All dictionaries within a config, the outer ones first."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list | tuple):
        for value in node:
            yield from _dicts(value)
