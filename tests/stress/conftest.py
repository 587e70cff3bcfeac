"""A small world for the tools: videos, labels, a prepared set, results, checkpoints."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
import torch
from mmengine.registry import MODELS, init_default_scope
from stress_world import prepare_words
from tool_runs import run_tool

# The suite imports by importlib, which leaves the folders of the helpers off the path.
sys.path += [str(Path(__file__).parents[1] / name) for name in ('apis', 'datasets', 'study')]

from i3d_files import piergiaj_units, state_dict
from prepared_set import write_prepared
from reviewed_study import write_video as write_reviewed

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


TEM = dict(
    type='TEM',
    temporal_dim=32,
    boundary_ratio=0.1,
    tem_feat_dim=28,
    tem_hidden_dim=8,
    tem_match_threshold=0.5,
)
TEM_CONFIG = """
_data = dict(type='PseudoVideoDataset', data_root='{root}', clip_len=32, target_fps=15)
train_dataloader = dict(dataset=dict(**_data, pipeline=[dict(type='StreamsToFeature')]))
test_pipeline = [
    dict(type='LoadStreams', streams=dict(flow='flow_roi')),
    dict(type='StreamsToFeature'),
    dict(type='PackLocalizationInputs', meta_keys=(
        'video_name', 'duration_second', 'duration_frame', 'feature_frame', 'annotations')),
]
model = {model}
"""
FLOW_CONFIG = """
_base_ = '{base}'
_data = dict(_delete_=True, type='WholeVideoDataset', pipeline={{{{_base_.pipeline}}}}, data_root='{root}')
val_dataloader = dict(dataset=dict(**_data, split='val'))
test_dataloader = dict(dataset=dict(**_data, split='test'))
"""


def write_localization(folder: Path) -> None:
    """A prepared set with ``flow_roi``; configs and weights of what reads it: ``tem.py`` and ``flow.py``."""
    root = write_prepared(folder / 'normal', streams=('flow_roi',))
    (folder / 'tem.py').write_text(TEM_CONFIG.format(root=root, model=TEM))
    init_default_scope('mmaction')
    torch.save({'state_dict': MODELS.build(TEM).state_dict()}, folder / 'tem.pth')
    base = ROOT / 'configs' / 'spotters' / 'optical_flow.py'
    (folder / 'flow.py').write_text(FLOW_CONFIG.format(base=base, root=root))


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
    videos = [
        VideoResult(n, f'p{n}', None, 30, 100, np.array([[2, 7]]), np.array([1]), found) for n in 'abcd'
    ]
    about = dict(
        classes=['MaE', 'ME'],
        thresholds={'MaE': 0.5, 'ME': 0.5},
        top_threshold=None,
        threshold_source='chosen',
        iou_threshold=0.5,
        post_processing={},
    )
    save_dump(Dump(about, videos[:2]), folder / 'dump.json')
    save_dump(Dump(about, videos[2:]), folder / 'val.json')
    shutil.copytree(ROOT / 'tests' / 'spotting' / 'spot_example', folder / 'results' / 'clip')
    for name in 'ab':
        write_reviewed(folder / 'study', name)
    (folder / 'a_events.tsv').write_text('onset\tduration\ttrial_type\n1.0\t0.5\tMaE\n')
    write_localization(folder)
    torch.save(state_dict(piergiaj_units(), 3), folder / 'i3d.pth')
    weights = {'fc.weight': torch.ones(1, 2), 'score_thresholds': torch.ones(2)}
    torch.save({'state_dict': weights, 'meta': {}}, folder / 'final.pth')
    (folder / 'line.py').write_text(CONFIG)
    return folder
