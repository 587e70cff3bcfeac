"""Measure the spotting of videos, in one run on one video: speed of each stage, memory, and the naive way.

The stages are measured in one pass over the video, each without the stages before it. The naive way takes
windows that overlap by 75 % and decodes, aligns, flows and runs each by itself; it is measured on a few of
them. All times are CPU times of this process, threads added up, so that a busy machine matters little. Memory
is the peak of a process of its own on the video looped to some minutes.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import torch
from mmaction.registry import MODELS
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.runner.checkpoint import load_checkpoint
from rich.console import Console
from rich.table import Table

from mmaction_mespot.preprocessing.faces.face_aligner import align_stream
from mmaction_mespot.preprocessing.flow.motion import motion_stream
from mmaction_mespot.preprocessing.video import open_video_source, resample
from mmaction_mespot.spotting.face import SpotFace
from mmaction_mespot.spotting.inferencer import SpottingInferencer

CLIP, STRIDE = 128, 32
"""Windows of the lite network, 75 % overlapping."""


class Stopwatch:
    """Time that an iterator takes for its items, with all stages that it pulls from."""

    def __init__(self, items: Iterable[Any]) -> None:
        self._items, self.seconds, self.count = iter(items), 0.0, 0

    def __iter__(self) -> Iterator[Any]:
        while True:
            began = time.process_time()
            item = next(self._items, None)
            self.seconds += time.process_time() - began
            if item is None:
                return
            self.count += 1
            yield item


def stages(inferencer: SpottingInferencer, video: str) -> tuple[dict[str, float], int, list[int]]:
    """Seconds of each stage and of the whole, the number of frames, the windows' first frames."""
    source, model = open_video_source(video), inferencer.model
    fps = model.preparation.rate(source.fps)
    gap, prepared = model.preparation.gap(fps), model.preparation
    began = time.process_time()
    decode = Stopwatch(source)
    align = Stopwatch(align_stream(resample(decode, fps), fps, prepared.crop_size, inferencer.tracker))
    streams = (*prepared.streams, 'flow_roi')
    flow = Stopwatch(motion_stream(align, fps, gap, streams, prepared.flow_method))
    face, network = SpotFace(model, fps, gap), 0.0
    for entry in flow:
        before = time.process_time()
        face.push(entry)
        network += time.process_time() - before
    before = time.process_time()
    face.finish()
    network += time.process_time() - before
    whole = time.process_time() - began
    seconds = {
        'decode': decode.seconds,
        'align (face)': align.seconds - decode.seconds,
        'flow': flow.seconds - align.seconds,
        'network, merging': network,
        'whole': whole,
    }
    return seconds, flow.count, list(range(0, max(flow.count - CLIP, 0) + 1, STRIDE))


def naive_window(inferencer: SpottingInferencer, network: Any, video: str, start: int) -> float:
    """Seconds of one window by itself; decoding up to its start is not counted."""
    model, source = inferencer.model, open_video_source(video)
    fps = model.preparation.rate(source.fps)
    frames = resample(source, fps)
    for _ in islice(frames, start):
        pass
    began = time.process_time()
    own = list(islice(frames, CLIP))
    aligned = align_stream(own, fps, model.preparation.crop_size, inferencer.tracker)
    gap, name = model.preparation.gap(fps), model.preparation.streams[0]
    entries = list(motion_stream(aligned, fps, gap, (name, 'flow_roi'), model.preparation.flow_method))
    stacked = np.stack([entry.streams[name] for entry in entries]).transpose(3, 0, 1, 2)[None]
    sample = ActionDataSample()
    sample.set_metainfo(dict(window_start=0, frame_interval=1.0, total_frames=CLIP, fps=fps, clip_len=CLIP))
    with torch.no_grad():
        network({'flow': torch.from_numpy(np.ascontiguousarray(stacked))}, [sample], mode='predict')
    return time.process_time() - began


def loop_video(video: str, minutes: float, path: Path) -> None:
    """Repeat a video's packets until it lasts so long; nothing is encoded anew."""
    with av.open(str(path), 'w') as out:
        written, offset = None, 0
        while True:
            with av.open(video) as source:
                stream = source.streams.video[0]
                if written is None:
                    written = out.add_stream_from_template(stream)
                last = 0
                for packet in source.demux(stream):
                    if packet.dts is None or packet.pts is None:
                        continue
                    last = max(last, packet.pts + (packet.duration or 0))
                    packet.pts, packet.dts, packet.stream = packet.pts + offset, packet.dts + offset, written
                    out.mux(packet)
                offset += last
                if offset * float(stream.time_base) >= 60 * minutes:
                    return


def peak_gb(model: str, video: Path) -> tuple[float, int]:
    """Peak memory of a process that spots a video, and the frames of it."""
    code = (
        'import resource, sys, torch, cv2; torch.set_num_threads(1); cv2.setNumThreads(1)\n'
        'from mmaction_mespot.spotting.inferencer import SpottingInferencer\n'
        'r = SpottingInferencer(sys.argv[1], device="cpu").spot(sys.argv[2])\n'
        'print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, r.total_frames)'
    )
    done = subprocess.run(
        [sys.executable, '-c', code, model, str(video)], check=True, capture_output=True, text=True
    )
    kilobytes, frames = done.stdout.split()[-2:]
    return int(kilobytes) / 1e6, int(frames)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('video', help='a video of about half a minute with a face')
    parser.add_argument('--naive-windows', type=int, default=3, help='windows of the naive way (default: 3)')
    parser.add_argument('--minutes', type=float, nargs='*', default=[1, 10], help='memory (default: 1 10)')
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    console = Console(width=100)
    inferencer = SpottingInferencer('lite', device='cpu', stride=STRIDE)
    beginning = [frame.image for frame in islice(open_video_source(args.video), 45)]
    inferencer.spot(np.stack(beginning), 30.0)  # compiles the flow, warms the caches
    began = time.perf_counter()
    seconds, frames, starts = stages(inferencer, args.video)
    wall = time.perf_counter() - began
    table = Table(title=f'{args.video}: {frames} frames, lite network, windows overlap by 75 %')
    for title in ('stage', 'frames per CPU second', 'CPU ms per frame'):
        table.add_column(title, justify='left' if title == 'stage' else 'right')
    for name, value in seconds.items():
        table.add_row(name, f'{frames / max(value, 1e-9):.0f}', f'{1e3 * value / frames:.2f}')
    console.print(table)
    console.print(f'wall clock: {frames / wall:.0f} frames/s (other jobs on the machine count)')
    network = MODELS.build(Config.fromfile(str(inferencer.model.config)).model)
    load_checkpoint(network, str(inferencer.model.checkpoint), map_location='cpu', logger='silent')
    network.eval()
    chosen = starts[:: max(1, len(starts) // max(args.naive_windows, 1))][: args.naive_windows]
    each = float(np.mean([naive_window(inferencer, network, args.video, start) for start in chosen]))
    naive = each * len(starts)
    console.print(
        f'naive: {each:.2f} s a window (mean of {len(chosen)}), {len(starts)} windows: {naive:.1f} s; '
        f'ours {seconds["whole"]:.1f} s: {naive / seconds["whole"]:.2f} times faster'
    )
    for minutes in args.minutes:
        with tempfile.TemporaryDirectory() as folder:
            looped = Path(folder) / 'looped.mp4'
            loop_video(args.video, minutes, looped)
            gigabytes, count = peak_gb('lite', looped)
        console.print(f'peak memory, {minutes:g} min ({count} frames): {gigabytes:.2f} GB')
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    console.print(f'(this process itself: {own:.2f} GB)')


if __name__ == '__main__':
    main()
