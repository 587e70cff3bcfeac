"""What the tests under stress do to a small world, see ``stress/conftest.py``."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from mmaction.registry import DATASETS, METRICS, MODELS
from mmengine.dataset import BaseDataset
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel


@MODELS.register_module()
class StressLine(BaseModel):
    """One layer."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = torch.nn.Linear(2, 1, bias=False)
        self.register_buffer('score_thresholds', torch.ones(2))

    def forward(self, x: list, mode: str) -> object:
        y = self.fc(torch.stack(x))
        return dict(loss=y.square().sum()) if mode == 'loss' else [dict(y=float(v.sum())) for v in y]


@DATASETS.register_module()
class StressPoints(BaseDataset):
    """Two points."""

    def load_data_list(self) -> list[dict]:
        return [dict(x=1.0), dict(x=2.0)]

    def prepare_data(self, index: int) -> dict:
        return dict(x=torch.full((2,), float(self.get_data_info(index)['x'])))


@METRICS.register_module()
class StressMean(BaseMetric):
    """The mean."""

    def process(self, data_batch: object, data_samples: list) -> None:
        self.results += [sample['y'] for sample in data_samples]

    def compute_metrics(self, results: list) -> dict:
        return dict(y=sum(results) / len(results))


def prepare_words(folder: Path) -> list[object]:
    """The command line that prepares the videos, without ``--out``."""
    words = ['own', '--root', folder / 'videos', '--fps', 30, '--streams', 'rgb,flow_grid']
    return [*words, '--crop-size', 64, '--flow', 'dis', '--flow-gap', 2]


ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / 'mmaction_mespot' / 'checkpoints'

Words = Callable[[Path, Path], Sequence[object]]
"""Makes the command line of a tool from the folder of the world and one to write to."""


def copied(source: Path, out: Path) -> Path:
    """The folder to write to, with what a tool expects to be there already."""
    return Path(shutil.copytree(source, out, dirs_exist_ok=True))


# Every tool that writes, by name; after a blank what it does, where it does several things.
WRITERS: dict[str, Words] = {
    'prepare': lambda w, out: (*prepare_words(w), '--out', out),
    'make_synthetic': lambda w, out: ('--size', 'tiny', '--jobs', 1, '--out', out),
    'spot': lambda w, out: (w / 'videos' / 'a', '--fps', 30, '--model', 'flow', '--quiet', '--out', out),
    'evaluate': lambda w, out: (w / 'dump.json', '--out', out / 'f1.csv'),
    'report': lambda w, out: ('--dump', w / 'dump.json', '--out', out),
    'browse': lambda w, out: (w / 'prepared', '--statistics-only', '--out', out),
    'export_activitynet': lambda w, out: (w / 'prepared', '--target-fps', 30, '--out', out),
    'publish_model': lambda w, out: (w / 'final.pth', '--name', 'net', '--out', out),
    'agreement': lambda w, out: (w / 'study', 'spotter', 'anna', '--out', out / 'agreement.csv'),
    'train': lambda w, out: (w / 'line.py', '--work-dir', out),
    'test': lambda w, out: (w / 'line.py', w / 'final.pth', '--work-dir', out, '--dump', out / 'raw.pkl'),
    'extract_features': lambda w, out: (
        *(SHIPPED / 'mespot_lite_synthme.py', SHIPPED / 'mespot_lite_synthme.pth'),
        *('--data', w / 'prepared', '--out', out),
    ),
    'bsn_proposals': lambda w, out: (w / 'tem.py', w / 'tem.pth', '--splits', 'train', '--out', out),
    'convert_i3d': lambda w, out: (w / 'i3d.pth', out / 'converted.pth'),
    'convert_intervals import': lambda w, out: ('import', w / 'a_events.tsv', '--out', out / 'table.csv'),
    'convert_intervals export': lambda w, out: ('export', copied(w / 'results', out), '--format', 'elan'),
    'convert_intervals correct': lambda w, out: (
        *('correct', copied(w / 'study', out), w / 'a_events.tsv', '--coder', 'carl'),
    ),
    'adapt': lambda w, out: (w / 'study', '--coder', 'anna', '--out', out / 'calibration.json'),
    'sample': lambda w, out: (copied(w / 'study', out), '--minutes', 1),
    'fuse': lambda w, out: (
        *(w / 'dump.json', w / 'dump.json', '--val', w / 'val.json', w / 'val.json'),
        *('--out', out / 'fused.json'),
    ),
    'cross_validate': lambda w, out: (w / 'flow.py', '--folds', 'loso', '--jobs', 2, '--work-dir', out),
    'quickstart': lambda w, out: ('--size', 'tiny', '--data', out / 'data', '--work-dir', out / 'work'),
}
