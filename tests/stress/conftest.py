"""A small world for the tools: videos, labels, a prepared set, results, checkpoints."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
import torch
from stress_world import prepare_words
from tool_runs import run_tool

from mmaction_mespot.evaluation.functional.dump import Dump, save_dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections

ROOT = Path(__file__).parents[2]
CONFIG = """
default_scope = 'mmaction'
model = dict(type='StressLine')
_data = dict(type='StressPoints')
_loader = dict(batch_size=1, num_workers=0, dataset=_data, sampler=dict(type='DefaultSampler', shuffle=False))
train_dataloader = val_dataloader = test_dataloader = _loader
val_evaluator = test_evaluator = dict(type='StressMean')
train_cfg = dict(by_epoch=True, max_epochs=2, val_interval=2)
val_cfg = test_cfg = dict()
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.01))
"""


@pytest.fixture(scope='session')
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``videos`` (of frames), ``prepared``, ``dump.json``, ``results``, ``line.py``."""
    folder = tmp_path_factory.mktemp('world')
    picture = Path(matplotlib.__file__).parent / 'mpl-data' / 'sample_data' / 'grace_hopper.jpg'
    portrait = cv2.resize(cv2.imread(str(picture)), (256, 300), interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(0)
    for name in ('a', 'b'):
        (folder / 'videos' / name).mkdir(parents=True)
        for i in range(10):
            frame = np.clip(portrait + noise.normal(0, 2, portrait.shape), 0, 255).astype(np.uint8)
            cv2.imwrite(str(folder / 'videos' / name / f'{i + 1:03d}.jpg'), frame)
    rows = 'video,subject,onset,apex,offset,type\na,p1,2,4,6,ME\nb,p2,3,4,8,ME\n'
    (folder / 'videos' / 'labels.csv').write_text(rows)
    end = run_tool('prepare', *prepare_words(folder), '--out', folder / 'prepared')
    assert end.code == 0, end.error
    found = Detections([[2, 7], [3, 9]], [0.9, 0.4], [1, 1])
    videos = [VideoResult(n, f'p{n}', None, 30, 100, np.array([[2, 7]]), np.array([1]), found) for n in 'ab']
    about = dict(
        classes=['MaE', 'ME'],
        thresholds={'MaE': 0.5, 'ME': 0.5},
        top_threshold=None,
        threshold_source='chosen',
        iou_threshold=0.5,
        post_processing={},
    )
    save_dump(Dump(about, videos), folder / 'dump.json')
    shutil.copytree(ROOT / 'tests' / 'spotting' / 'spot_example', folder / 'results' / 'clip')
    weights = {'fc.weight': torch.ones(1, 2), 'score_thresholds': torch.ones(2)}
    torch.save({'state_dict': weights, 'meta': {}}, folder / 'final.pth')
    (folder / 'line.py').write_text(CONFIG)
    return folder
