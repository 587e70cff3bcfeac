from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.streaming import FeatureChunk, FeatureStream
from mmaction_mespot.models.streaming.backbone_runner import BackboneRunner
from mmaction_mespot.models.streaming.feature_cache import FeatureCache


def echo(streams: dict[str, np.ndarray]) -> tuple[Tensor, ...]:
    """Levels of strides 1 and 2 that show which frames were read."""
    frames = torch.from_numpy(streams['flow'][:, 0, 0, 0]).view(1, 1, -1, 1, 1)
    return frames, frames[:, :, ::2]


def read(frames: int, interval: float, end: int, context: int = 2, chunk_len: int = 4) -> list[FeatureChunk]:
    stream = FeatureStream(echo, interval, context, chunk_len)
    chunks = []
    for i in range(frames):
        chunks += stream.push(dict(flow=np.full((1, 1, 2), float(i))))
    return chunks + stream.finish(end)


def test_positions_and_chunks() -> None:
    chunks = read(frames=10, interval=2.0, end=6)
    assert [(chunk.start, chunk.length) for chunk in chunks] == [(0, 4), (4, 2)]
    # position j reads frame 2j + 1; the last one stands for what is beyond the video
    assert [level.flatten().tolist() for level in chunks[0].levels] == [[1, 3, 5, 7], [1, 5]]
    assert [level.flatten().tolist() for level in chunks[1].levels] == [[9, 9], [9]]


def test_a_frame_stands_for_several_positions() -> None:
    chunks = read(frames=3, interval=0.5, end=6)
    assert [chunk.levels[0].flatten().tolist() for chunk in chunks] == [[0, 0, 1, 1], [2, 2]]


def test_first_and_last_frame_stand_for_what_is_outside() -> None:
    seen: list[list[float]] = []

    def run(streams: dict[str, np.ndarray]) -> tuple[Tensor, ...]:
        seen.append(streams['flow'][:, 0, 0, 0].tolist())
        return echo(streams)

    stream = FeatureStream(run, 3.0, 2, 4)
    for i in range(8):  # positions read frames 1, 4, 7
        stream.push(dict(flow=np.full((1, 1, 2), float(i))))
    stream.finish(4)
    assert seen == [[0, 0, 1, 4, 7, 7, 7, 7]]
    assert stream.positions_run == 8


def test_only_frames_that_are_read_are_transformed() -> None:
    done = []

    def transform(frame: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        done.append(frame['flow'][0, 0, 0])
        return frame

    stream = FeatureStream(echo, 4.0, 0, 2, transform)
    for i in range(9):
        stream.push(dict(flow=np.full((1, 1, 2), float(i))))
    assert done == [0, 2, 6]


def test_the_measured_context_is_needed(build: Callable[..., nn.Module]) -> None:
    model = build('slim')
    frames = np.random.default_rng(0).normal(size=(64, 16, 16, 2)).astype(np.float32)
    levels = {}
    for context in (24, 32, 64):
        runner = BackboneRunner(model, ('rgb', 'flow'), context)
        stream = FeatureStream(runner.run, 1.0, context, 16, runner.transform)
        chunks = []
        for frame in frames:
            chunks += stream.push(dict(flow=frame, rgb=frame[..., :1].repeat(3, axis=2)))
        chunks += stream.finish(64)
        levels[context] = [torch.cat(level, dim=2) for level in zip(*(c.levels for c in chunks), strict=True)]
    for short, long in zip(levels[32], levels[64], strict=True):
        torch.testing.assert_close(short, long, rtol=1e-5, atol=1e-5)
    assert (levels[24][2] - levels[64][2]).abs().max() > 1e-4


def test_wrong_use() -> None:
    with pytest.raises(MESpotError, match='chunk_len=0'):
        FeatureStream(echo, 1.0, 0, 0)
    with pytest.raises(MESpotError, match='end=2 leaves out positions of the 3 frames'):
        read(frames=3, interval=1.0, end=2)
    with pytest.raises(MESpotError, match='the video is empty'):
        FeatureStream(echo, 1.0, 0, 4).finish(4)


def test_cache_gives_windows_and_forgets() -> None:
    cache = FeatureCache()
    chunks = read(frames=16, interval=1.0, end=16)
    for chunk in chunks[:3]:
        cache.append(chunk)
    assert (cache.start, cache.end) == (0, 12)
    assert [level.flatten().tolist() for level in cache.window(2, 4)] == [[2, 3, 4, 5], [2, 4]]
    cache.drop_before(5)  # the level of stride 2 can be cut at 4
    assert (cache.start, len(cache)) == (4, 8)
    cache.append(chunks[3])
    assert [level.flatten().tolist() for level in cache.window(6, 10)][1] == [6, 8, 10, 12, 14]
    with pytest.raises(MESpotError, match='positions 2 to 6 wanted, 4 to 16 kept'):
        cache.window(2, 4)
    with pytest.raises(MESpotError, match='4 positions from position 5 does not lie on the grid'):
        cache.window(5, 4)
    with pytest.raises(MESpotError, match='from position 16, found 0'):
        cache.append(chunks[0])
