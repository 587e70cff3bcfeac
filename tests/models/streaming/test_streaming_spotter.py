from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from torch import nn

from mmaction_mespot.datasets.transforms import StreamCenterCrop, StreamResize
from mmaction_mespot.datasets.window_layout import WindowLayout
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import WindowCandidates
from mmaction_mespot.intervals.postprocess import PostProcessing, merge_windows
from mmaction_mespot.models.streaming import StreamingSpotter, TemporalContext, backbone_runner


def video(name: str, total: int, size: int = 12) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    streams = dict(flow=rng.normal(size=(total, size, size, 2)).astype(np.float32))
    if name == 'slim':
        streams['rgb'] = rng.integers(0, 256, (total, size, size, 3), dtype=np.uint8)
    return streams


def stream(spotter: StreamingSpotter, streams: dict[str, np.ndarray]) -> list[WindowCandidates]:
    found = []
    for i in range(len(streams['flow'])):
        found += spotter.push({name: frames[i] for name, frames in streams.items()})
    return found + spotter.finish()


@pytest.mark.parametrize(
    ('name', 'context', 'total', 'fps'),
    [
        ('lite', 8, 64, 30.0),  # one window
        ('lite', 8, 37, 30.0),  # shorter than a window
        ('lite', 16, 1, 30.0),  # a picture
        ('lite', 8, 301, 30.0),  # odd; the last window ends beyond it
        ('lite', 8, 288, 30.0),  # ends with a window
        ('lite', 8, 203, 25.0),  # every 5/6 of a frame
        ('lite', 8, 500, 50.0),  # every 5/3 of a frame
        ('slim', 32, 203, 30.0),
    ],
)
def test_streaming_equals_plain_windows(
    name: str,
    context: int,
    total: int,
    fps: float,
    build: Callable[..., nn.Module],
    plain: Callable[..., list[WindowCandidates]],
    assert_same_windows: Callable,
) -> None:
    streams = video(name, total, 12 if name == 'lite' else 16)
    expected = plain(build(name, context), streams, WindowLayout(64, 32, context, 8), fps / 30, fps)
    spotter = StreamingSpotter(
        build(name), 64, 32, fps, 30, streams=tuple(streams), batch_size=3, chunk_len=80, context=context
    )
    found = stream(spotter, streams)
    assert_same_windows(found, expected, total)
    merged = [merge_windows(windows, fps, total, PostProcessing()) for windows in (found, expected)]
    assert len(merged[0]) == len(merged[1]) >= (total > 30)
    np.testing.assert_allclose(merged[0].segments, merged[1].segments, atol=2e-3)
    np.testing.assert_allclose(merged[0].scores, merged[1].scores, atol=1e-4)


def test_whole_stride_equals_windows_at_any_frame(
    build: Callable[..., nn.Module],
    plain: Callable[..., list[WindowCandidates]],
    assert_same_windows: Callable,
) -> None:
    """Where the video ends with a window, the aligned windows are those of today's data sets."""
    streams = video('lite', 128 + 64)
    expected = plain(build('lite', 8), streams, WindowLayout(64, 32, 8), 1.0, 30.0)
    found = stream(StreamingSpotter(build('lite'), 64, 32, 30.0), streams)
    assert_same_windows(found, expected, 192)


def test_chunks_make_no_difference(build: Callable[..., nn.Module], assert_same_windows: Callable) -> None:
    streams = video('lite', 150)
    long, short = (
        stream(StreamingSpotter(build('lite'), 64, 32, 30.0, chunk_len=length), streams)
        for length in (8, 400)
    )
    assert_same_windows(long, short, 150)


def test_memory_is_bounded_and_the_backbone_sees_each_position_about_once(
    build: Callable[..., nn.Module],
) -> None:
    spotter = StreamingSpotter(build('lite'), 64, 32, 30.0)
    frame = dict(flow=np.zeros((12, 12, 2), np.float32))
    kept, windows = [], 0
    for _ in range(2000):
        windows += len(spotter.push(frame))
        kept.append(spotter.kept)
    # frames: a chunk and its context; features: a window, a stride, a chunk
    assert max(kept) <= (80 + 16) + (64 + 32 + 80)
    assert max(kept[1000:]) == max(kept[:1000])
    windows += len(spotter.finish())
    assert windows == len(WindowLayout(64, 32, 8, 8).starts(2000, 1.0)) == 62
    assert spotter.positions == 2000
    assert 1.0 < spotter.positions_run / spotter.positions < 1.25


def test_windows_come_while_the_video_runs(build: Callable[..., nn.Module]) -> None:
    spotter = StreamingSpotter(build('lite'), 64, 32, 30.0, chunk_len=8)
    frame = dict(flow=np.zeros((12, 12, 2), np.float32))
    seen = [i for i in range(160) for _ in spotter.push(frame)]
    # a window is there as soon as its context after it is
    assert seen == [64 + 8 - 1, 96 + 8 - 1, 128 + 8 - 1]


def test_transforms_of_frames(build: Callable[..., nn.Module], assert_same_windows: Callable) -> None:
    pipeline: list[Any] = [StreamResize(16), StreamCenterCrop(12)]
    big = video('lite', 70, 32)
    small = pipeline[1](pipeline[0](dict(big)))
    found = stream(StreamingSpotter(build('lite'), 64, 32, 30.0, pipeline=pipeline), big)
    expected = stream(StreamingSpotter(build('lite'), 64, 32, 30.0), dict(flow=small['flow']))
    assert_same_windows(found, expected, 70)


def test_half_precision(build: Callable[..., nn.Module]) -> None:
    streams = video('lite', 64)
    full, half = (
        stream(StreamingSpotter(build('lite'), 64, 32, 30.0, amp=amp), streams)[0] for amp in (False, True)
    )
    best = full.detections.scores[:5]
    assert np.abs(best - half.detections.scores[:5]).max() < 0.05
    assert not np.array_equal(best, half.detections.scores[:5])


def test_the_models_own_context_is_taken(build: Callable[..., nn.Module]) -> None:
    assert StreamingSpotter(build('lite', 24), 64, 32, 30.0).runner.context == 24
    assert StreamingSpotter(build('lite'), 64, 32, 30.0).runner.context == 8


def test_a_backbone_is_measured_once(
    build: Callable[..., nn.Module], monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = []

    def probe(backbone: nn.Module, sizes: dict[str, int]) -> TemporalContext:
        measured.append(sizes)
        return TemporalContext((2, 4, 8), 8)

    monkeypatch.setattr(backbone_runner, 'probe_context', probe)
    model = build('lite')
    for _ in range(2):
        assert StreamingSpotter(model, 64, 32, 30.0).runner.context == 8
    assert measured == [dict(flow=12)]


def test_wrong_use(build: Callable[..., nn.Module]) -> None:
    with pytest.raises(MESpotError, match='found 15 and 2'):
        StreamingSpotter(build('lite'), 64, 32, 30.0, target_fps=15, frame_interval=2)
    with pytest.raises(MESpotError, match='clip_len=60, stride=32, align=8'):
        StreamingSpotter(build('lite'), 60, 32, 30.0)
    with pytest.raises(MESpotError, match='coarsest stride of the backbone, 8, found 12'):
        StreamingSpotter(build('lite'), 64, 32, 30.0, context=12)
    with pytest.raises(MESpotError, match='batch_size must be above 0, found 0'):
        StreamingSpotter(build('lite'), 64, 32, 30.0, batch_size=0)
    with pytest.raises(MESpotError, match=r"must be some of \['rgb', 'flow'\], found \['depth'\]"):
        StreamingSpotter(build('lite'), 64, 32, 30.0, streams=('depth',))
    spotter = StreamingSpotter(build('lite'), 64, 32, 30.0)
    with pytest.raises(MESpotError, match=r"lacks the streams \['flow'\], found \['rgb'\]"):
        spotter.push(dict(rgb=np.zeros((12, 12, 3), np.uint8)))
    with pytest.raises(MESpotError, match='the video is empty'):
        spotter.finish()
    with pytest.raises(MESpotError, match='was finished'):
        spotter.finish()
