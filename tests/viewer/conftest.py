"""Results of one made-up video, as ``tools/spot.py`` leaves them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mmaction_mespot.visualization.overlay import write_video

FPS, TOTAL, SIDE = 30.0, 90, 64


def interval(label: str, score: float, onset: int, apex: int, offset: int) -> dict[str, Any]:
    seconds = {f'{k}_s': v / FPS for k, v in dict(onset=onset, apex=apex, offset=offset).items()}
    return dict(label=label, score=score, onset=onset, apex=apex, offset=offset, **seconds, face=0)


def write_results(root: Path) -> Path:
    """A video of 3 s that grows brighter, two intervals above and one candidate below the threshold."""
    video = root / 'talk.mp4'
    frames = (np.full((SIDE, SIDE, 3), 40 + 2 * i, np.uint8) for i in range(TOTAL))
    write_video(frames, FPS, (SIDE, SIDE), video)
    found = [interval('MaE', 0.95, 10, 20, 35), interval('ME', 0.9, 50, 55, 60)]
    found[0]['probability'] = 0.874
    lips = dict(action='lip-corner puller', action_units=[12], region='mouth_corner', side='both')
    lips |= dict(
        displacement_iod=0.05, words='AU12 lip-corner puller, 0.050 IOD', curve_iod=[0.0, 0.05, 0.01]
    )
    found[0] |= dict(moved=[lips], moved_time_s=[10 / FPS, 20 / FPS, 35 / FPS])
    weak = interval('ME', 0.5, 70, 74, 80)
    folder = root / 'results' / 'talk'
    for place, kept in enumerate(found):
        for key in ('onset', 'apex', 'offset'):
            picture = np.full((48, 48, 3), 2 * kept[key] + 30, np.uint8)
            picture[20:28, 20:28] += 30 if key == 'apex' else 0
            path = folder / 'thumbnails' / f'{place:03d}_{key}.jpg'
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), picture)
    content = dict(
        video=dict(path=str(video), fps=FPS, total_frames=TOTAL, duration_s=TOTAL / FPS, size=[SIDE, SIDE]),
        model=dict(name='flow', config=None, checkpoint=None, settings={}),
        classes=['MaE', 'ME'],
        thresholds=dict(MaE=0.8, ME=0.8),
        intervals=found,
        candidates=[*found, weak],
        curves=dict(time_s=[i / FPS for i in range(TOTAL)], MaE=[0.2] * TOTAL, ME=[0.3] * TOTAL),
        ground_truth=[interval('ME', 0.0, 51, 55, 61)],
        notes=['a note'],
    )
    (folder / 'intervals.json').write_text(json.dumps(content), encoding='utf-8')
    return root / 'results'


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return write_results(tmp_path)
