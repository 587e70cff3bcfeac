"""Writes results of a video that a coder has reviewed."""

from __future__ import annotations

import json
from pathlib import Path

from mmaction_mespot.study.corrections import FORMAT, VERSION


def row(onset: int, score: float) -> dict:
    end = onset + 20
    times = dict(onset_s=onset / 30, apex_s=None, offset_s=end / 30)
    return dict(label='MaE', onset=onset, apex=None, offset=end, score=score, face=0, note='', **times)


def write_video(root: Path, name: str) -> None:
    """12 candidates, the first 6 of them accepted, 3 of them above the threshold; all were reviewed."""
    rows = [row(100 * place, round(0.9 - 0.05 * place, 2)) for place in range(12)]
    content = {
        'video': {'path': f'{name}.mp4', 'fps': 30.0, 'total_frames': 1800, 'duration_s': 60.0},
        'model': {'name': 'flow'},
        'thresholds': {'MaE': 0.8, 'ME': 0.8},
        'intervals': rows[:3],
        'candidates': rows,
        'notes': [],
    }
    states = ['accepted'] * 6 + ['rejected'] * 6
    keys = ('label', 'onset', 'apex', 'offset', 'onset_s', 'apex_s', 'offset_s')
    decided = [
        {key: one[key] for key in keys} | dict(id=str(place), state=state, candidate=one)
        for place, (one, state) in enumerate(zip(rows, states, strict=True))
    ]
    told = {
        'format': FORMAT,
        'version': VERSION,
        'coder': 'anna',
        'revision': 1,
        'thresholds': content['thresholds'],
        'reviewed': [[0, 1799]],
        'rows': decided,
    }
    (root / name / 'corrections').mkdir(parents=True)
    (root / name / 'intervals.json').write_text(json.dumps(content))
    (root / name / 'corrections' / 'anna.json').write_text(json.dumps(told))
