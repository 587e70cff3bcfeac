"""What a config says about windows and streams, for the networks that read videos as streams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mmaction.registry import TRANSFORMS
from mmengine.config import Config

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.grid import frames_per_position

LOADER, PACKER = 'LoadStreams', 'PackSpottingInputs'


@dataclass(frozen=True)
class WindowSettings:
    """Windows, streams and transforms of a config's test.

    Attributes:
        clip_len: Positions of a window.
        stride: Positions between the starts of sliding windows.
        target_fps: Positions per second, or None.
        frame_interval: Frames between positions where ``target_fps`` is None.
        context: Positions of context on each side.
        streams: Folder of the store by stream, such as ``{'flow': 'flow_grid'}``.
        remove_head_motion: Whether the head motion is taken out of the flow.
        pipeline: Configs of the transforms between loading and packing.
    """

    clip_len: int
    stride: int
    target_fps: float | None
    frame_interval: float | None
    context: int
    streams: dict[str, str]
    remove_head_motion: bool
    pipeline: list[dict]

    @classmethod
    def from_config(cls, cfg: Config) -> WindowSettings:
        """Read the (first) test data set of a config.

        Raises:
            MESpotError: If it is no ``LongVideoDataset`` that loads, transforms and packs streams.
        """
        dataset = cfg.test_dataloader.dataset
        while dataset.get('type') == 'ConcatDataset':
            dataset = dataset.datasets[0]
        pipeline = [dict(step) for step in dataset.get('pipeline', [])]
        types = [step.get('type') for step in pipeline]
        if dataset.get('type') != 'LongVideoDataset':
            raise MESpotError(
                f'{cfg.filename}: test_dataloader.dataset must be a LongVideoDataset whose pipeline begins '
                f'with {LOADER} and ends with {PACKER}, found {dataset.get("type")} with {types}'
            )
        if types[:1] != [LOADER] or types[-1:] != [PACKER] or types.count(LOADER) != 1:
            raise MESpotError(
                f'{cfg.filename}: the test pipeline must begin with {LOADER} and end with {PACKER}; it needs '
                f'one {LOADER}, found {types}'
            )
        clip_len = dataset.get('clip_len', 128)
        target_fps = dataset.get('target_fps')
        return cls(
            clip_len=clip_len,
            stride=dataset.get('stride') or max(clip_len // 2, 1),
            target_fps=target_fps,
            frame_interval=None if target_fps is not None else dataset.get('frame_interval') or 1.0,
            context=dataset.get('context', 0),
            streams=dict(pipeline[0]['streams']),
            remove_head_motion=pipeline[0].get('remove_head_motion', True),
            pipeline=pipeline[1:-1],
        )

    def interval(self, fps: float, video_fps: float | None = None) -> float:
        """Entries of the streams from one position to the next, see :func:`frames_per_position`."""
        return frames_per_position(fps, self.target_fps, self.frame_interval, video_fps)

    def transforms(self) -> list[Callable[[dict[str, Any]], dict[str, Any]]]:
        """Build the transforms."""
        return [TRANSFORMS.build(dict(step)) for step in self.pipeline]

    def spotter_options(self, fps: float, video_fps: float | None = None) -> dict[str, Any]:
        """Arguments of :class:`StreamingSpotter` for streams of that rate, all but the model."""
        return dict(
            clip_len=self.clip_len,
            stride=self.stride,
            fps=fps,
            frame_interval=self.interval(fps, video_fps),
            streams=tuple(self.streams),
            context=self.context or None,
            pipeline=self.transforms(),
        )
