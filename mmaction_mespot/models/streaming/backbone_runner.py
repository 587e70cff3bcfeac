"""What runs the parts of a network on arrays: transforms, backbone, neck and head."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones.streams import STREAM_CHANNELS

from ..backbones.temporal_context import TemporalContext, probe_context

Transform = Callable[[dict[str, Any]], dict[str, Any]]

CONTEXTS_PER_CHUNK = 10
PROBE_SIZE = 32
_PROBED: WeakKeyDictionary[nn.Module, dict[tuple[str, ...], TemporalContext]] = WeakKeyDictionary()
"""What was measured of each backbone: every video of a run takes a runner of its own."""


def default_chunk_len(context: int, clip_len: int) -> int:
    """Positions of a chunk: 10 contexts, at least a window, so that little of the work is done twice."""
    return max(CONTEXTS_PER_CHUNK * context, clip_len)


class BackboneRunner:
    """Run a :class:`MESpotter` in parts.

    Args:
        model: The network; it is moved to the device and set to evaluation.
        streams: Names of the streams it gets.
        context: Positions on both sides; None takes the model's own, or what the backbone needs.
        device: Where it runs.
        amp: Half precision (bfloat16 on the CPU, float16 on CUDA).
        pipeline: Transforms of frames.

    Attributes:
        context: Positions of context on both sides.
        grid: Strides of the backbone's levels, and the context that the backbone needs.

    Raises:
        MESpotError: If a stream is unknown or the context does not fit the backbone.
    """

    def __init__(
        self,
        model: Any,
        streams: Sequence[str],
        context: int | None = None,
        device: str | torch.device = 'cpu',
        amp: bool = False,
        pipeline: Sequence[Transform] = (),
    ) -> None:
        unknown = [name for name in streams if name not in STREAM_CHANNELS]
        if unknown or not streams:
            raise MESpotError(f'streams must be some of {list(STREAM_CHANNELS)}, found {list(streams)}')
        self.model = model.to(torch.device(device))
        self.model.eval()
        self.streams = tuple(streams)
        self.device = torch.device(device)
        self.amp = amp
        self.pipeline = list(pipeline)
        self.grid = self._probe(context or getattr(model, 'context', 0) or None)
        self.context = self.grid.context

    def select(self, streams: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Take the streams in use.

        Raises:
            MESpotError: If one is missing.
        """
        missing = [name for name in self.streams if name not in streams]
        if missing:
            raise MESpotError(f'a frame lacks the streams {missing}, found {sorted(streams)}')
        return {name: streams[name] for name in self.streams}

    def transform(self, frame: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Send one frame, streams (H, W, C), through the transforms."""
        results: dict[str, Any] = {name: array[None] for name, array in frame.items()}
        for transform in self.pipeline:
            results = transform(results)
        return {name: results[name][0] for name in frame}

    def run(self, streams: Mapping[str, np.ndarray]) -> tuple[Tensor, ...]:
        """Run the backbone on one stretch of a video.

        Args:
            streams: Each (T, H, W, C).

        Returns:
            The levels, float32, each (1, C, T / stride, H, W), on the device.
        """
        with torch.no_grad(), self._autocast():
            levels = self.model.backbone(self._inputs(streams))
        return tuple(level.float() for level in levels)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the levels' sources: each stream where the backbone keeps them apart, else all as one."""
        streams = getattr(self.model.backbone, 'streams', None)
        return tuple(streams) if isinstance(streams, nn.ModuleDict) else ('+'.join(self.streams),)

    def run_parts(self, streams: Mapping[str, np.ndarray]) -> tuple[Tensor, ...]:
        """Run the backbone without fusing its streams.

        Args:
            streams: Each (T, H, W, C).

        Returns:
            As of :meth:`run`, the levels of the first of :attr:`parts`, then those of the next.
        """
        if len(self.parts) == 1:
            return self.run(streams)
        inputs = self._inputs(streams)
        with torch.no_grad(), self._autocast():
            levels = [
                level for name in self.parts for level in self.model.backbone.streams[name](inputs[name])
            ]
        return tuple(level.float() for level in levels)

    def predict(self, levels: Sequence[Tensor], samples: Sequence[Any]) -> list[Any]:
        """Run neck and head on windows of features; as ``MESpotter`` in the mode ``'predict'``."""
        with torch.no_grad(), self._autocast():
            return self.model.predict_levels(levels, samples)

    def _inputs(self, streams: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
        tensors = {
            name: torch.from_numpy(np.ascontiguousarray(array.transpose(3, 0, 1, 2)))
            for name, array in streams.items()
        }
        batch = {name: [tensor] for name, tensor in tensors.items()}
        return self.model.data_preprocessor(dict(inputs=batch, data_samples=None), False)['inputs']

    def _autocast(self) -> torch.autocast:
        dtype = torch.float16 if self.device.type == 'cuda' else torch.bfloat16
        return torch.autocast(self.device.type, dtype=dtype, enabled=self.amp)

    def _probe(self, context: int | None) -> TemporalContext:
        """Measure the backbone, unless a context is given; then only its strides are looked at."""
        size = getattr(self.model.backbone, 'grid_size', PROBE_SIZE)
        sizes = {name: size for name in self.streams}
        if context is None:
            known = _PROBED.setdefault(self.model.backbone, {})
            if self.streams not in known:
                known[self.streams] = probe_context(self.model.backbone, sizes)
            return known[self.streams]
        length = 4 * context
        blank = {
            name: torch.zeros(1, STREAM_CHANNELS[name], length, size, size, device=self.device)
            for name in self.streams
        }
        with torch.no_grad():
            strides = tuple(-(-length // level.shape[2]) for level in self.model.backbone(blank))
        if context % max(strides):
            raise MESpotError(
                f'context must be a multiple of the coarsest stride of the backbone, {max(strides)}, '
                f'found {context}'
            )
        return TemporalContext(strides, context)
