"""Measure the preparation: frames per second and peak memory of each stage, in one process and in two.

Each stage runs in fresh processes of one thread; two start together and do the same work each. The CPU
columns count frames by the CPU time that a process got, so that other work on the machine matters little:
what is left between one process and two is what they take from each other (caches, memory, clock). The wall
columns are what a clock shows, and mean something on an idle machine only. The last table is the peak memory
of a whole preparation for a short and for a long video.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import matplotlib
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.face_aligner import align_stream
from mmaction_mespot.preprocessing.flow import METHODS, compute_flow
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter
from mmaction_mespot.preprocessing.video import TimedFrame
from mmaction_mespot.preprocessing.video.folder_source import FolderSource
from mmaction_mespot.preprocessing.video.image import read_image
from mmaction_mespot.preprocessing.video_preparation import prepare_video

FPS, GAP, DISTINCT = 30.0, 4, 60
WHOLE = 'whole, '
STAGES = (
    'decode',
    'align',
    *(f'flow {method}' for method in METHODS),
    'store',
    f'{WHOLE}dis',
)
GOAL = 1.8
# What this file imports, for the process that all measured ones are forked from.
PRELOADED = ['mmaction_mespot.preprocessing.prepare', 'matplotlib', 'rich.progress', 'rich.table']


class Work(NamedTuple):
    """What a stage works on: a folder of JPEGs that are numbered from 1, and the side of the crop."""

    folder: str
    frames: int
    size: int
    out: str


class Measured(NamedTuple):
    """Seconds by the clock, seconds of CPU time, peak memory of the process in MB."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def link_frames(source: Path | None, folder: Path, count: int) -> None:
    """Fill a folder with ``count`` numbered links to the pictures of ``source``, or of a noisy portrait."""
    folder.mkdir(parents=True)
    if source is None:
        path = Path(matplotlib.__file__).parent / 'mpl-data' / 'sample_data' / 'grace_hopper.jpg'
        face, rng = read_image(path)[..., ::-1], np.random.default_rng(0)
        pictures = []
        for i in range(DISTINCT):
            pictures.append(folder.parent / f'{folder.name}_{i}.jpg')
            noisy = np.clip(face + rng.normal(0, 2, face.shape), 0, 255).astype(np.uint8)
            cv2.imwrite(str(pictures[-1]), noisy)
    else:
        pictures = sorted(path.resolve() for path in source.glob('*.jpg'))
        if not pictures:
            raise SystemExit(f'error: {source}: holds no .jpg')
    for i in range(count):
        (folder / f'{i + 1:06d}.jpg').symlink_to(pictures[i % len(pictures)])


def stage(name: str, work: Work) -> Callable[[], object]:
    """Get everything ready and give the work that is timed."""
    if name == 'decode':
        return lambda: [len(frame.image) for frame in FolderSource(Path(work.folder), FPS)]
    frames, tracker = (
        [frame.image for frame in islice(FolderSource(Path(work.folder), FPS), DISTINCT)],
        FaceTracker(),
    )
    if name == 'align':
        again = (TimedFrame(i, i / FPS, frames[i % len(frames)]) for i in range(work.frames))
        return lambda: [len(frame.crop) for frame in align_stream(again, FPS, work.size, tracker)]
    if name.startswith(WHOLE):
        settings = PreparationSettings(crop_size=work.size, flow_method=name[len(WHOLE) :], flow_gap=GAP)
        video = dict(video_id=f'v{os.getpid()}', frame_dir='.', filename_tmpl='{:06d}.jpg', start_index=1)
        video |= dict(total_frames=work.frames, fps=FPS)
        return lambda: prepare_video(video, work.folder, work.out, settings, tracker)
    timed = [TimedFrame(i, i / FPS, frame) for i, frame in enumerate(frames)]
    crops = [frame.crop for frame in align_stream(timed, FPS, work.size, tracker)]
    few = range(len(crops))
    greys = [cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY) for crop in crops]
    pairs = [(greys[i % len(few)], greys[(i + GAP) % len(few)]) for i in range(work.frames)]
    if name == 'store':
        flows = [compute_flow(*pair, 'dis') for pair in pairs[: len(few)]]
        return lambda: _store(work, crops, flows)
    method = name.removeprefix('flow ')
    compute_flow(*pairs[0], method)  # compiles
    return lambda: [len(compute_flow(*pair, method)) for pair in pairs]


def _store(work: Work, crops: list[np.ndarray], flows: list[np.ndarray]) -> None:
    shape = (work.size, work.size)
    path = Path(work.out) / f'{os.getpid()}'
    with (
        StreamWriter(path / 'rgb.h5', 'rgb', (*shape, 3)) as rgb,
        StreamWriter(path / 'flow.h5', 'flow', (*shape, 2)) as flow,
    ):
        for i in range(work.frames):
            rgb.append(crops[i % len(crops)])
            flow.append(flows[i % len(flows)])


def _process(name: str, work: Work, start: Barrier, results: Queue[Measured]) -> None:
    cv2.setNumThreads(1)
    run = stage(name, work)
    start.wait()
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    results.put(Measured(time.perf_counter() - wall, time.process_time() - cpu, peak_mb))


def measure(name: str, work: Work, processes: int, context: Any) -> list[Measured]:
    """Run a stage in some processes at a time."""
    start, results = context.Barrier(processes), context.Queue()
    running = [context.Process(target=_process, args=(name, work, start, results)) for _ in range(processes)]
    for process in running:
        process.start()
    found: list[Measured] = []
    while len(found) < processes:
        if any(process.exitcode for process in running):
            raise SystemExit(f'error: a process of the stage {name!r} failed')
        if not results.empty():
            found.append(results.get())
        time.sleep(0.01)
    for process in running:
        process.join()
    return found


def stage_table(folder: Path, frames: int, size: int, context: Any) -> Table:
    """Every stage in one process and in two."""
    table = Table(title=f'{frames} frames per process, crop {size} px, {os.cpu_count()} cores')
    table.add_column('stage')
    for title in ('frames/s CPU, 1', '2', 'times', 'frames/s wall, 1', '2', 'times', 'peak MB'):
        table.add_column(title, justify='right')
    for name in track(STAGES, 'stages', transient=True):
        with tempfile.TemporaryDirectory(prefix='mespot_bench_') as out:
            work = Work(str(folder), frames, size, out)
            (one,), two = (measure(name, work, processes, context) for processes in (1, 2))
        cpu = (frames / one.cpu_s, sum(frames / each.cpu_s for each in two))
        wall = (frames / one.wall_s, 2 * frames / max(each.wall_s for each in two))
        peak = max(each.peak_mb for each in (one, *two))
        cells = [f'{cell:.3g}' for pair in (cpu, wall) for cell in (*pair, pair[1] / pair[0])]
        table.add_row(name, *cells, f'{peak:.0f}')
    table.caption = f'goal: {GOAL} times the frames with two processes'
    return table


def memory_table(source: Path | None, folder: Path, lengths: tuple[float, float], context: Any) -> Table:
    """Peak memory of a whole preparation of a short and of a long video."""
    table = Table(title='whole, dis, crop 64 px')
    for title in ('video, s', 'frames', 'peak MB'):
        table.add_column(title, justify='right')
    for number, seconds in enumerate(lengths):
        frames = round(seconds * FPS)
        link_frames(source, folder / f'memory{number}', frames)
        work = Work(str(folder / f'memory{number}'), frames, 64, str(folder / f'out{number}'))
        (found,) = measure(f'{WHOLE}dis', work, 1, context)
        table.add_row(f'{seconds:g}', str(frames), f'{found.peak_mb:.0f}')
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--source', type=Path, help="folder of a video's .jpg frames (default: a portrait)")
    parser.add_argument('--frames', type=int, default=150, help='frames per process and stage (default: 150)')
    parser.add_argument('--size', type=int, default=224, help='side of the crop in px (default: 224)')
    parser.add_argument('--short', type=float, default=30.0, help='seconds of the short video (default: 30)')
    parser.add_argument('--long', type=float, default=300.0, help='seconds of the long video (default: 300)')
    args = parser.parse_args()
    context = multiprocessing.get_context('forkserver')
    context.set_forkserver_preload(PRELOADED)
    console = Console(width=120)
    with tempfile.TemporaryDirectory(prefix='mespot_bench_') as name:
        folder = Path(name)
        link_frames(args.source, folder / 'frames', args.frames)
        load = ' '.join(f'{value:.1f}' for value in os.getloadavg())
        console.print(stage_table(folder / 'frames', args.frames, args.size, context))
        console.print(memory_table(args.source, folder, (args.short, args.long), context))
        console.print(f'load of the machine at the start (1, 5, 15 minutes): {load}')


if __name__ == '__main__':
    main()
