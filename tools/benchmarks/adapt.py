"""Measure what adapting a spotter gains, against the minutes that were reviewed, and draw it.

Each folder holds results of tools/spot.py --ground-truth; the labels stand for what a coder says, the first
folder of a video for its person. People are left out in turn. From the others videos are drawn at random
until so many minutes are reached; a fit to these is judged on the people left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from rich.progress import track

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports.read_result import read_result
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.spotters.proposals import PROPOSALS, VideoProposals
from mmaction_mespot.study.calibration import calibrate, compare_counts, counts_at, groups_of
from mmaction_mespot.study.fine_tuning import MIN_MINUTES, TuningVideo, fit_tuning
from mmaction_mespot.study.reviewed import RESULT, Events, ReviewedVideo
from mmaction_mespot.visualization.style import save_figure

WAYS = {'thresholds': 'new thresholds', 'fine_tuned': 'fine-tuned'}


def read_videos(root: Path) -> tuple[list[TuningVideo], tuple[float, float]]:
    """Videos of a folder, wholly reviewed by their labels, and the thresholds in use."""
    found, thresholds = [], set()
    paths = sorted(root.rglob(RESULT))
    names = [path.parent.relative_to(root).as_posix() for path in paths]
    for path, name, group in zip(paths, names, groups_of(names), strict=True):
        content = read_result(path)
        if content.get('ground_truth') is None:
            raise MESpotError(f'{path}: holds no labels, expected results of tools/spot.py --ground-truth')
        whole = [(0, int(content['video']['total_frames']) - 1)]
        rows = content['candidates']
        reviewed = ReviewedVideo(
            name,
            Events.of_rows(content['ground_truth']),
            Events.of_rows(rows),
            np.array([row['score'] for row in rows], dtype=np.float64),
            float(content['video']['duration_s']) / 60,
            len(rows),
            whole,
        )
        found.append(TuningVideo(group, reviewed, VideoProposals.read(path.parent / PROPOSALS), whole))
        thresholds.add((float(content['thresholds'][CLASSES[0]]), float(content['thresholds'][CLASSES[1]])))
    if len(thresholds) != 1:
        raise MESpotError(f'{root}: found {len(thresholds)} pairs of thresholds, expected one')
    return found, thresholds.pop()


def measure(
    videos: Sequence[TuningVideo], before: tuple[float, float], minutes: float, folds: int, draws: int
) -> dict[str, Any] | None:
    """Figures before and after at so many reviewed minutes; None where there are not so many.

    Args:
        videos: Wholly reviewed videos.
        before: Thresholds in use.
        minutes: How much is reviewed.
        folds: Parts of the people, each left out in turn.
        draws: Random choices of the reviewed videos for each part.
    """
    people = list(dict.fromkeys(video.group for video in videos))
    fold = {person: number % folds for number, person in enumerate(people)}
    counts = {way: np.zeros((len(videos), 3)) for way in ('before', *WAYS)}
    for number in range(folds):
        others = [video for video in videos if fold[video.group] != number]
        own = [i for i, video in enumerate(videos) if fold[video.group] == number]
        if sum(video.reviewed.minutes for video in others) < minutes:
            return None
        for draw in range(draws):
            chosen = _draw(others, minutes, np.random.default_rng([number, draw]))
            plain = calibrate([video.reviewed for video in chosen], before).thresholds
            tuned = fit_tuning(chosen, before)
            for i in own:
                rescored = videos[i].rescored(tuned.residual)
                counts['before'][i] += counts_at(videos[i].reviewed, before)
                counts['thresholds'][i] += counts_at(videos[i].reviewed, plain)
                counts['fine_tuned'][i] += counts_at(rescored, tuned.calibration.thresholds)
    groups = [video.group for video in videos]
    total = draws * sum(video.reviewed.minutes for video in videos)
    found = {way: compare_counts(counts['before'], counts[way], groups, total) for way in WAYS}
    over = compare_counts(counts['thresholds'], counts['fine_tuned'], groups, total)
    return {'minutes': minutes, **found, 'fine_tuned_over_thresholds': over}


def _draw(videos: Sequence[TuningVideo], minutes: float, rng: np.random.Generator) -> list[TuningVideo]:
    chosen: list[TuningVideo] = []
    for place in rng.permutation(len(videos)):
        if sum(video.reviewed.minutes for video in chosen) >= minutes:
            break
        chosen.append(videos[place])
    return chosen


def picture(found: dict[str, list[dict[str, Any]]], path: Path) -> None:
    """Draw the gain in F1 against the reviewed minutes, with 95 % intervals over people."""
    size = (4.6 * len(found), 3.4)
    figure, axes = plt.subplots(1, len(found), figsize=size, sharex=True, sharey=True, squeeze=False)
    ticks = sorted({row['minutes'] for rows in found.values() for row in rows})
    for axis, (title, rows) in zip(axes[0], found.items(), strict=True):
        for shift, (way, label) in zip((-0.25, 0.25), WAYS.items(), strict=True):
            gains = [row[way]['f1_gain'] for row in rows]
            value = np.array([gain['value'] for gain in gains])
            reach = np.array([(gain['value'] - gain['low'], gain['high'] - gain['value']) for gain in gains])
            at = np.array([row['minutes'] for row in rows]) + shift
            axis.errorbar(at, value, reach.T, fmt='o-', capsize=3, label=label)
        axis.axhline(0, color='0.5', linewidth=0.8)
        axis.set_title(f'{title} (F1 before {rows[0]["fine_tuned"]["before"]["f1"]:.2f})')
        axis.set_xticks(ticks)
        axis.set_xlabel('minutes reviewed')
        axis.grid(alpha=0.3)
    axes[0][0].set_ylabel('gain in F1 on other people')
    axes[0][0].legend()
    figure.tight_layout()
    save_figure(figure, path)


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('results', nargs='+', help='TITLE=FOLDER of results')
    parser.add_argument('--minutes', type=float, nargs='+', default=[5, 10, 20])
    parser.add_argument('--folds', type=int, default=4)
    parser.add_argument('--draws', type=int, default=5)
    parser.add_argument('--out', type=Path, default=Path('work_dirs/adapt'), help='adapt.json and adapt.png')
    args = parser.parse_args()
    if min(args.minutes) < MIN_MINUTES:
        raise MESpotError(f'--minutes: found {min(args.minutes):g}, expected {MIN_MINUTES:g} or more')
    found: dict[str, list[dict[str, Any]]] = {}
    for title, _, folder in (argument.partition('=') for argument in args.results):
        videos, before = read_videos(Path(folder))
        rows = [
            measure(videos, before, minutes, args.folds, args.draws)
            for minutes in track(sorted(args.minutes), title)
        ]
        found[title] = [row for row in rows if row is not None]
        if not found[title]:
            raise MESpotError(
                f'{folder}: found fewer minutes than {min(args.minutes):g} of the people who are not left out'
            )
        for row in found[title]:
            for way in (*WAYS, 'fine_tuned_over_thresholds'):
                gain, after = row[way]['f1_gain'], row[way]['after']
                print(
                    f'{title}, {row["minutes"]:g} min, {way}: F1 {row[way]["before"]["f1"]:.3f} -> '
                    f'{after["f1"]:.3f}, {gain["value"]:+.3f} ({gain["low"]:+.3f} to {gain["high"]:+.3f}), '
                    f'{after["false_per_min"]:.2f} false per minute'
                )
    args.out.mkdir(parents=True, exist_ok=True)
    write_json(found, args.out / 'adapt.json')
    picture(found, args.out / 'adapt.png')


if __name__ == '__main__':
    sys.exit(run_command(main))
