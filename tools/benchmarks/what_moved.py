"""Measure what spotted intervals say of what moved: films of single action units, drawn, spotted, counted."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.spotters.facial_actions import ACTIONS
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.strict_json import read_json
from mmaction_mespot.synthetic.action_units import ACTION_UNITS
from mmaction_mespot.synthetic.draws import shape_numbers
from mmaction_mespot.synthetic.event import Event
from mmaction_mespot.synthetic.v2.make import find_cast, is_made, make_film
from mmaction_mespot.synthetic.v2.plan import CAMERAS, JAW, FilmPlan

SAME = {unit: action.action_units[0] for action in ACTIONS for unit in action.action_units}
SAME |= {25: 25, JAW: 25}
"""Units that count as one: those of an action, and lips that part with a jaw that drops."""
LEAST_IOU = 0.5


def plan_actions(subject: str, split: str, number: int) -> FilmPlan:
    """A film of every action unit once, half as ME, two fifths on one side, and blinks between."""
    rng = np.random.default_rng([11, number, split == 'train'])
    camera = CAMERAS[number % 2]
    events: list[Event] = []
    time_s = 1.2
    for unit in rng.permutation([*ACTION_UNITS, JAW]).tolist():
        micro = rng.random() < 0.5
        length_s = rng.uniform(0.25, 0.48) if micro else rng.uniform(0.7, 2.2)
        low, high = (0.01, 0.03) if micro else (0.03, 0.14)
        amplitude = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        start, length = round(time_s * camera.fps), round(length_s * camera.fps)
        draw = rng.random()
        sides = (1.0, 1.0) if draw < 0.6 or unit == JAW else (1.0, 0.0) if draw < 0.8 else (0.0, 1.0)
        apex = start + max(1, round(0.35 * length))
        hold_end, end = min(start + length - 1, apex + round(0.25 * length)), start + length
        shape, label = shape_numbers(rng, 4), (start, apex, end - 1)
        kind = 'ME' if micro else 'MaE'
        actions = ((unit, *sides),)
        events.append(Event(kind, start, apex, hold_end, end, amplitude, actions, shape, 'others', label))
        time_s += length_s + rng.uniform(0.9, 1.6)
    for _ in range(3):
        start = int(rng.integers(10, int(time_s * camera.fps) - 20))
        if all(abs(start - e.start) > 20 and not e.start - 12 <= start <= e.end for e in events):
            shape = shape_numbers(rng, 4)
            events.append(Event('blink', start, start + 4, start + 5, start + 9, 0.95, shape=shape))
    events.sort(key=lambda event: (event.start, event.kind))
    total, seed = round((time_s + 1) * camera.fps), int(rng.integers(2**31))
    return FilmPlan('natural', split, subject, 0, camera, total, seed, tuple(events))


def judge(event: Event, interval: Mapping[str, Any]) -> dict[str, int]:
    """How right an interval is about an event: named, first, among two, names, wrong, side."""
    ((unit, left, right),) = event.actions
    names = [SAME[movement['action_units'][0]] for movement in interval['moved']]
    true = SAME[unit]
    side = 'both' if left and right else 'left' if left else 'right'
    told = [movement['side'] for movement, name in zip(interval['moved'], names, strict=True) if name == true]
    return {
        'named': int(bool(names)),
        'first': int(names[:1] == [true]),
        'two': int(true in names[:2]),
        'names': len(names),
        'wrong': sum(name != true for name in names),
        'side': int(told[:1] in ([side], ['middle'])),
    }


def count(films: Sequence[tuple[FilmPlan, Mapping[str, Any]]]) -> dict[str, dict[str, int]]:
    """Add up over all events, by class and by action unit: events, found ones, and :func:`judge`."""
    table: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for plan, result in films:
        found = np.array([(row['onset'], row['offset'] + 1) for row in result['intervals']]).reshape(-1, 2)
        for event in plan.events:
            if event.kind == 'blink':
                continue
            overlap = segment_iou(found, np.array([[event.start, event.end]]))[:, 0]
            best = int(np.argmax(overlap)) if len(found) and overlap.max() >= LEAST_IOU else None
            judged = {} if best is None else judge(event, result['intervals'][best])
            for key in (event.kind, f'AU{event.actions[0][0]}'):
                for name, value in {'events': 1, 'found': int(best is not None), **judged}.items():
                    table[key][name] += value
    return {key: dict(row) for key, row in table.items()}


def run(
    folder: Path, faces: Path | None, split: str, people: int
) -> Iterator[tuple[FilmPlan, dict[str, Any]]]:
    """Draw and spot what is not there yet; if interrupted, run it again to resume."""
    cast = find_cast(faces)
    subjects = sorted(name for name, (own, _) in cast.items() if own == split)
    if faces is not None:
        subjects = [name for name in subjects if not name.startswith('orl')]
    inferencer = SpottingInferencer()
    for number, subject in enumerate(subjects[:people]):
        plan = plan_actions(subject, split, number)
        drawn = is_made(plan, cast[subject][1], folder)
        if not drawn:
            make_film(plan, cast[subject][1], folder)
        path = folder / 'results' / f'{subject}.json'
        path.parent.mkdir(exist_ok=True)
        if not (drawn and path.is_file()):
            write_json(inferencer(folder / plan.file)['predictions'][0], path)
        yield plan, dict(read_json(path))


def main() -> None:
    """Draw, spot, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('folder', type=Path, help='folder of films and results')
    parser.add_argument('--faces', type=Path, help='folder of face stills (default: the ORL faces)')
    parser.add_argument('--split', default='test', choices=('train', 'val', 'test'))
    parser.add_argument('--people', type=int, default=14, help='films, one per person (default: 14)')
    args = parser.parse_args()
    table = count(list(run(args.folder, args.faces, args.split, args.people)))
    columns = ('events', 'found', 'named', 'first', 'two', 'names', 'wrong', 'side')
    print('| | ' + ' | '.join(columns) + ' |\n|' + '---|' * (len(columns) + 1))
    for key in sorted(
        table, key=lambda key: (key.startswith('AU'), int(key[2:]) if key[2:].isdigit() else 0)
    ):
        print(f'| {key} | ' + ' | '.join(str(table[key].get(name, 0)) for name in columns) + ' |')


if __name__ == '__main__':
    sys.exit(run_command(main))
