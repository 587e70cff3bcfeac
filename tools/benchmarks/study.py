"""Measure a study of many videos: one process against two, resuming after kills, and memory (Linux).

Short videos are rendered, two of them broken. Wall clock means something on an idle machine only; so the CPU
time of each process is told too. Two processes can be no faster than the one that has most to do: the whole
CPU time of the run with one process over the greatest CPU time of a process of the run with two is the
speed-up that the division of the work allows.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
import pandas as pd

from mmaction_mespot.synthetic.events import plan_video
from mmaction_mespot.synthetic.recipes import PART_RECIPES, SizeRecipe
from mmaction_mespot.synthetic.renderer import Renderer
from mmaction_mespot.synthetic.stills import find_people

SPOT = Path(__file__).parents[1] / 'spot.py'
POLL_S = 0.1
TABLES = ('study.csv', 'videos.csv', 'failures.csv')
_TICK = os.sysconf('SC_CLK_TCK')


@dataclass
class Run:
    """What a run took.

    Attributes:
        wall_s: Wall clock.
        cpu_s: CPU time of each process of the run.
        peak_mb: Peak of the memory of all its processes together, as resident.
        code: Its exit code.
    """

    wall_s: float = 0.0
    cpu_s: dict[int, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    code: int | None = None


def render(folder: Path, count: int, seconds: float) -> None:
    """Render videos of different people; the third is cut off, the last is text."""
    size = SizeRecipe('study', (1, 1, 1), (1, 1, 1), seconds, (1, 1), (1, 1), ('normal',), max_side=160)
    people = find_people()
    for number in range(count):
        path = folder / f'P{number % 10:02d}' / f'v{number:02d}.mp4'
        if path.is_file():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix('.partial.mp4')
        plan = plan_video(size, PART_RECIPES['normal'], 'test', 1 + number % len(people), 0, number)
        renderer = Renderer(plan, people[plan.person - 1])
        with av.open(str(partial), 'w') as container:
            stream = container.add_stream('libx264', rate=30, options={'crf': '18'})
            stream.height, stream.width = renderer.frame(0).shape[:2]
            stream.pix_fmt = 'yuv420p'
            for index in range(plan.total_frames):
                image = np.repeat(renderer.frame(index)[..., None], 3, axis=2)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format='rgb24')))
            container.mux(stream.encode(None))
        if number == 2:
            partial.write_bytes(partial.read_bytes()[:2000])
        elif number == count - 1:
            partial.write_text('no video')
        partial.rename(path)


def spot(videos: Path, out: Path, jobs: int, kill_after: int | None = None) -> Run:
    """Spot a study.

    Args:
        videos: Its folder.
        out: Where the results go.
        jobs: Processes.
        kill_after: Finished videos after which the whole group of processes is killed. Defaults to None.
    """
    command = [sys.executable, str(SPOT), str(videos), '--out', str(out), '--jobs', str(jobs), '--quiet']
    run, began = Run(), time.monotonic()
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        memory = 0.0
        for pid, cpu_s, megabytes in _group(process.pid):
            run.cpu_s[pid] = cpu_s
            memory += megabytes
        run.peak_mb = max(run.peak_mb, memory)
        if kill_after is not None and len(list(out.rglob('run.json'))) >= kill_after:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        time.sleep(POLL_S)
    run.wall_s, run.code = time.monotonic() - began, process.returncode
    return run


def _group(leader: int) -> list[tuple[int, float, float]]:
    """Number, CPU seconds and resident MB of each process of a group."""
    found = []
    for path in Path('/proc').glob('[0-9]*'):
        try:
            words = (path / 'stat').read_text().rsplit(')', 1)[1].split()
            if int(words[2]) == leader:
                cpu_s, pages = (int(words[11]) + int(words[12])) / _TICK, int(words[21])
                found.append((int(path.name), cpu_s, pages * os.sysconf('SC_PAGE_SIZE') / 1e6))
        except (OSError, IndexError):  # it has just ended
            continue
    return found


def same_tables(one: Path, other: Path) -> bool:
    """Whether two folders of results hold the same tables, byte by byte."""
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in TABLES)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--out', type=Path, default=Path('work_dirs/study'))
    parser.add_argument('--videos', type=int, default=30, help='how many, two of them broken (default: 30)')
    parser.add_argument('--seconds', type=float, default=6.0, help='length of each (default: 6)')
    args = parser.parse_args()
    videos, few = args.out / 'videos', args.out / 'few'
    render(videos, args.videos, args.seconds)
    render(few, 6, args.seconds)
    load = os.getloadavg()[0]
    alone, both = spot(videos, args.out / 'one', 1), spot(videos, args.out / 'two', 2)
    third = args.videos // 3
    for finished in (third, 2 * third):
        killed = spot(videos, args.out / 'killed', 2, finished)
        if killed.code != -signal.SIGKILL:
            raise RuntimeError(f'the run ended with {killed.code} before it was killed')
    resumed = spot(videos, args.out / 'killed', 2)
    small = spot(few, args.out / 'few_results', 2)
    total, most = sum(alone.cpu_s.values()), max(both.cpu_s.values())
    failures = pd.read_csv(args.out / 'two' / 'failures.csv')
    print(f'load of the machine before: {load:.1f}, cores: {os.cpu_count()}')
    for name, run in (('1 process', alone), ('2 processes', both), ('resumed', resumed)):
        each = ', '.join(f'{seconds:.1f}' for seconds in run.cpu_s.values())
        print(f'{name}: {run.wall_s:.1f} s, CPU seconds of its processes {each}, exit code {run.code}')
    print(
        f'speed-up: {alone.wall_s / both.wall_s:.2f} by the wall clock, {total / most:.2f} by the CPU times'
    )
    print(f'tables of 1 and 2 processes equal: {same_tables(args.out / "one", args.out / "two")}')
    print(f'tables after two kills equal: {same_tables(args.out / "two", args.out / "killed")}')
    print(f'failures: {", ".join(failures["video"])}')
    print(
        f'peak memory, 2 processes: {small.peak_mb:.0f} MB for 6 videos, {both.peak_mb:.0f} MB for '
        f'{args.videos}'
    )
    return 0


if __name__ == '__main__':
    sys.exit(main())
