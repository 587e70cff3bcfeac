"""Time the counting of many detections beside a plain double loop, in one run; both must count the same."""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from rich.console import Console
from rich.table import Table

from mmaction_mespot.evaluation.functional.ap import mean_average_precision
from mmaction_mespot.evaluation.functional.counts import Counts, count_videos
from mmaction_mespot.evaluation.functional.protocols import PROTOCOLS
from mmaction_mespot.evaluation.functional.ranking import best_thresholds
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections

FRAMES = 2500


def make_videos(detections: int, labels: int, videos: int, seed: int = 0) -> list[VideoResult]:
    """Videos with labels, and detections of which a third lies near a label."""
    rng = np.random.default_rng(seed)
    owner = np.sort(rng.integers(videos, size=labels))
    starts = rng.integers(0, FRAMES - 100, size=labels)
    truth = np.stack([starts, starts + rng.integers(8, 60, size=labels)], axis=1).astype(np.float64)
    truth_labels = rng.integers(0, 2, size=labels)
    found_owner = rng.integers(videos, size=detections)
    starts = rng.integers(0, FRAMES - 100, size=detections)
    found = np.stack([starts, starts + rng.integers(8, 60, size=detections)], axis=1).astype(np.float64)
    found_labels = rng.integers(0, 2, size=detections)
    near = rng.choice(detections, detections // 3, replace=False)
    copied = rng.integers(labels, size=len(near))
    found_owner[near], found_labels[near] = owner[copied], truth_labels[copied]
    found[near] = truth[copied] + rng.integers(-6, 7, size=(len(near), 2))
    found[:, 1] = np.maximum(found[:, 1], found[:, 0] + 1)
    scores = rng.random(detections)
    result = []
    for video in range(videos):
        mine, own = found_owner == video, owner == video
        one = Detections(found[mine], scores[mine], found_labels[mine])
        result.append(
            VideoResult(f'v{video}', f's{video % 25}', None, 30, FRAMES, truth[own], truth_labels[own], one)
        )
    return result


def double_loop(videos: Sequence[VideoResult]) -> tuple[int, int, int]:
    """TP, FP, FN of the default protocol as one would write it first, on plain lists."""
    tp = fp = fn = 0
    for video in videos:
        truth = sorted(zip(video.segments.tolist(), video.labels.tolist(), strict=True))
        found = video.detections
        rows = zip(found.scores.tolist(), found.segments.tolist(), found.labels.tolist(), strict=True)
        used: set[int] = set()
        for _, (start, end), label in sorted(rows, key=lambda row: (-row[0], row[1], row[2])):
            best, best_iou = -1, 0.0
            for j, ((first, last), own) in enumerate(truth):
                shared = min(end, last) - max(start, first)
                if own != label or j in used or shared <= 0:
                    continue
                iou = shared / (end - start + last - first - shared)
                if iou >= 0.5 and iou > best_iou:
                    best, best_iou = j, iou
            if best >= 0:
                used.add(best)
                tp += 1
            else:
                fp += 1
        fn += len(truth) - len(used)
    return tp, fp, fn


def best_time(function: Callable[[], object], repeats: int) -> float:
    """Shortest CPU time of some runs in seconds: other programs on the machine matter little."""
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        function()
        times.append(time.process_time() - begin)
    return min(times)


def measure(detections: int, labels: int, videos_count: int, repeats: int) -> Table:
    """Times of one size."""
    videos = make_videos(detections, labels, videos_count)
    ours, loop = count_videos(videos)['overall'], double_loop(videos)
    if (ours.tp, ours.fp, ours.fn) != loop:
        raise RuntimeError(f'the matcher counts {ours}, the double loop {loop}')
    table = Table(title=f'{detections} detections, {labels} labels, {videos_count} videos')
    for column in ('what', 'CPU s', 'TP', 'FP', 'FN'):
        table.add_column(column, justify='left' if column == 'what' else 'right')
    seconds = best_time(lambda: double_loop(videos), repeats)
    table.add_row('plain double loop, overall only', f'{seconds:.4f}', *map(str, loop), end_section=True)
    for protocol in PROTOCOLS.values():
        count = partial(count_videos, videos, protocol)
        c, name = count()['overall'], f'{protocol.name}: MaE, ME, overall, agnostic'
        table.add_row(name, f'{best_time(count, repeats):.4f}', str(c.tp), str(c.fp), str(c.fn))
    seconds = best_time(lambda: mean_average_precision(videos), repeats)
    table.add_row('mAP over five IoU thresholds', f'{seconds:.4f}')
    return table


def measure_large(videos_count: int) -> Table:
    """Times and memory where every video is full; the double loop counts the first video too."""
    detections, labels = 10_000, 1_000
    videos = [
        replace(make_videos(detections, labels, 1, seed)[0], video_id=f'v{seed}', subject=f's{seed % 25}')
        for seed in range(videos_count)
    ]
    ours, loop = count_videos(videos[:1])['overall'], double_loop(videos[:1])
    if (ours.tp, ours.fp, ours.fn) != loop:
        raise RuntimeError(f'the matcher counts {ours}, the double loop {loop}')
    table = Table(title=f'{videos_count} videos of {detections} detections and {labels} labels each')
    for column in ('what', 'CPU s', 'peak MB', 'TP', 'FP', 'FN'):
        table.add_column(column, justify='left' if column == 'what' else 'right')
    table.add_row('the videos themselves', '', peak_memory_mb())
    for protocol in PROTOCOLS.values():
        found: list[Counts] = []
        seconds = best_time(
            lambda rule=protocol, into=found: into.append(count_videos(videos, rule)['overall']), 1
        )
        c, name = found[0], f'{protocol.name}: MaE, ME, overall, agnostic'
        table.add_row(name, f'{seconds:.1f}', peak_memory_mb(), str(c.tp), str(c.fp), str(c.fn))
    for name, function in (('best thresholds', best_thresholds), ('mAP', mean_average_precision)):
        seconds = best_time(partial(function, videos), 1)
        table.add_row(name, f'{seconds:.1f}', peak_memory_mb())
    return table


def peak_memory_mb() -> str:
    """Most memory that this process has held so far."""
    return str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--detections', type=int, default=10000)
    parser.add_argument('--labels', type=int, default=1000)
    parser.add_argument('--videos', type=int, nargs='+', default=[500, 10], help='default: 500 10')
    parser.add_argument(
        '--large',
        type=int,
        metavar='VIDEOS',
        help='instead: videos of 10,000 detections and 1,000 labels each',
    )
    parser.add_argument('--repeats', type=int, default=5, help='the shortest is shown (default: 5)')
    args = parser.parse_args()
    if args.large is not None:
        Console(width=100).print(measure_large(args.large))
        return
    for videos in args.videos:
        Console(width=100).print(measure(args.detections, args.labels, videos, args.repeats))


if __name__ == '__main__':
    main()
