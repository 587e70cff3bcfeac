"""Run a frozen backbone over prepared videos once, and keep its levels."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch.nn.functional as F
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner.checkpoint import CheckpointLoader, load_checkpoint
from torch import Tensor

from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.apis.config_faults import config_faults
from mmaction_mespot.apis.runner_checks import check_checkpoint_exists, check_checkpoint_fits
from mmaction_mespot.atomic_file import is_write_failure
from mmaction_mespot.datasets.feature_store import FeatureWriter
from mmaction_mespot.datasets.window_sampler import VideoEvents
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.grid import count_positions, last_aligned_start
from mmaction_mespot.models.streaming.backbone_runner import BackboneRunner, default_chunk_len
from mmaction_mespot.models.streaming.feature_stream import FeatureStream
from mmaction_mespot.models.streaming.window_settings import WindowSettings
from mmaction_mespot.preprocessing.preparation_progress import PreparationProgress
from mmaction_mespot.preprocessing.store.manifest import Manifest, file_record
from mmaction_mespot.preprocessing.store.store_reader import StreamReader

FRAMES_PER_READ = 64


def extract_features(
    cfg: Config,
    checkpoint: str | Path,
    data_root: str | Path,
    out: str | Path,
    grid: int | None = None,
    half: bool = False,
    device: str = 'cpu',
    amp: bool = False,
    chunk_len: int | None = None,
) -> dict[str, int]:
    """Extract the features of all videos of a prepared data set.

    The backbone runs on chunks, each position about once, as :class:`StreamingSpotter` does. Videos that are
    done with the same settings are left as they are; one that fails is noted in the manifest, and the rest
    goes on.

    Args:
        cfg: Config of the network; its test data set says streams, transforms, sampling, windows.
        checkpoint: Its weights; or those of a recogniser of MMAction2's zoo, which then fill every stream of
            the backbone (its ``init_cfg``).
        data_root: The prepared data set.
        out: Folder for ``<video_id>.h5`` and the manifest.
        grid: Cells along each side to which every level is averaged; None keeps the backbone's own. Defaults
            to None.
        half: Store float16. Defaults to False.
        device: Where the backbone runs. Defaults to ``'cpu'``.
        amp: Half precision in the backbone. Defaults to False.
        chunk_len: Positions of a chunk. Defaults to None, see :class:`StreamingSpotter`.

    Returns:
        Counts of videos: ``done`` now, ``kept`` from before.

    Raises:
        MESpotError: If the config or the checkpoint cannot be used, or videos failed (after all others).
    """
    if grid is not None and grid < 1:
        raise MESpotError(f'the grid must have at least one cell per side, found {grid}')
    settings = WindowSettings.from_config(cfg)
    data = load_annotations(Path(data_root) / 'annotations.json')
    runner = _build_runner(cfg, checkpoint, settings, device, amp)
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(out)
    parameters = _parameters(cfg, checkpoint, settings, runner, grid, half)
    todo = [v for v in data['data_list'] if not manifest.is_done(v['video_id'], parameters)]
    frames = 0
    with PreparationProgress(sum(v['total_frames'] for v in todo), len(todo)) as progress:
        for video in todo:
            path = out / f'{video["video_id"]}.h5'
            try:
                share = _extract_video(
                    runner, settings, Path(data_root), video, path, parameters, grid, half, chunk_len
                )
            except (MESpotError, OSError) as error:
                if is_write_failure(error, out):
                    raise
                manifest.record_failure(video['video_id'], str(error))
            else:
                manifest.record(
                    video['video_id'],
                    dict(
                        parameters=parameters,
                        files={path.name: file_record(path)},
                        notes={'positions through the backbone per position': round(share, 3)},
                    ),
                )
            frames += video['total_frames']
            progress.update(frames)
    manifest.merge()
    failed = {v['video_id']: manifest.failed[v['video_id']] for v in todo if v['video_id'] in manifest.failed}
    if failed:
        first, reason = next(iter(failed.items()))
        raise MESpotError(
            f'{len(failed)} of {len(data["data_list"])} videos failed (see {manifest.path}), the first one '
            f'{first}: {reason}'
        )
    return dict(done=len(todo), kept=len(data['data_list']) - len(todo))


def _build_runner(
    cfg: Config, checkpoint: str | Path, settings: WindowSettings, device: str, amp: bool
) -> BackboneRunner:
    """Build the network with its weights."""
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    check_checkpoint_exists(str(checkpoint))
    model_cfg = copy.deepcopy(cfg.model)
    if 'backbone' not in model_cfg:
        raise MESpotError(f'{cfg.filename}: the model {model_cfg.type} has no backbone to run')
    whole = _is_spotter(str(checkpoint))
    if not whole:
        model_cfg.backbone.init_cfg = dict(type='Pretrained', checkpoint=str(checkpoint))
    with config_faults(cfg.filename):
        model: Any = MODELS.build(model_cfg)
    if whole:
        check_checkpoint_fits(model, str(checkpoint))
        load_checkpoint(model, str(checkpoint), map_location='cpu', strict=True, logger='silent')
    else:
        model.backbone.init_weights()
    return BackboneRunner(
        model, tuple(settings.streams), settings.context or None, device, amp, settings.transforms()
    )


def _is_spotter(checkpoint: str) -> bool:
    """Whether a checkpoint holds a whole spotter, with a head, or a recogniser of the toolbox's zoo."""
    content = CheckpointLoader.load_checkpoint(checkpoint, map_location='cpu', logger='silent')
    return any(str(key).startswith('head.') for key in content.get('state_dict', content))


def _parameters(
    cfg: Config,
    checkpoint: str | Path,
    settings: WindowSettings,
    runner: BackboneRunner,
    grid: int | None,
    half: bool,
) -> dict[str, Any]:
    """What the files depend on."""
    plain = Config(dict(backbone=cfg.model.backbone, pipeline=settings.pipeline)).to_dict()
    return dict(
        checkpoint=file_record(Path(checkpoint))['sha256'],
        backbone=repr(plain['backbone']),
        pipeline=repr(plain['pipeline']),
        streams=settings.streams,
        remove_head_motion=settings.remove_head_motion,
        clip_len=settings.clip_len,
        target_fps=settings.target_fps,
        frame_interval=settings.frame_interval,
        context=runner.context,
        grid=grid,
        half=half,
        amp=runner.amp,
    )


def _extract_video(
    runner: BackboneRunner,
    settings: WindowSettings,
    root: Path,
    video: dict[str, Any],
    path: Path,
    parameters: dict[str, Any],
    grid: int | None,
    half: bool,
    chunk_len: int | None,
) -> float:
    """Write one video; gives the positions through the backbone for each position of the video."""
    events = VideoEvents.from_annotation(video)
    fps, interval = events.fps, settings.interval(events.fps, events.video_fps)
    stream = FeatureStream(
        runner.run_parts,
        interval,
        runner.context,
        chunk_len or default_chunk_len(runner.context, settings.clip_len),
        runner.transform,
    )
    strides = runner.grid.strides
    with FeatureWriter(path, strides, fps, interval, half) as writer:
        for frame in _frames(root, video['video_id'], events.total_frames, settings):
            for chunk in stream.push(frame):
                writer.append(_split(chunk.levels, runner.parts, grid))
        positions = count_positions(stream.frames, interval)
        end = last_aligned_start(positions, settings.clip_len, runner.grid.align) + settings.clip_len
        for chunk in stream.finish(end):
            writer.append(_split(chunk.levels, runner.parts, grid))
        writer.finish(
            stream.frames,
            end,
            checkpoint=parameters['checkpoint'],
            context=runner.context,
            grid='native' if grid is None else grid,
        )
    return stream.positions_run / positions


def _frames(
    root: Path, video_id: str, total: int, settings: WindowSettings
) -> Iterator[dict[str, np.ndarray]]:
    """Read a video's streams frame by frame."""
    readers = {
        name: StreamReader(root / folder / f'{video_id}.h5') for name, folder in settings.streams.items()
    }
    for reader in readers.values():
        if len(reader) != total:
            raise MESpotError(f'{reader.path}: {len(reader)} entries, expected {total} as annotated')
    for start in range(0, total, FRAMES_PER_READ):
        wanted = np.arange(start, min(start + FRAMES_PER_READ, total))
        block = {
            name: reader.read(wanted, remove_head_motion=settings.remove_head_motion and name == 'flow')
            for name, reader in readers.items()
        }
        for i in range(len(wanted)):
            yield {name: frames[i] for name, frames in block.items()}
    for reader in readers.values():
        reader.close()


def _split(levels: Sequence[Tensor], parts: Sequence[str], grid: int | None) -> dict[str, list[np.ndarray]]:
    """Levels by stream, pooled over space, as arrays (T, C, H, W)."""
    if grid is not None:
        levels = [F.adaptive_avg_pool3d(level, (level.shape[2], grid, grid)) for level in levels]
    arrays = [level[0].transpose(0, 1).cpu().numpy() for level in levels]
    count = len(arrays) // len(parts)
    return {name: arrays[i * count : (i + 1) * count] for i, name in enumerate(parts)}
