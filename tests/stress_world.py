"""What the tests under stress do to a small world, see ``stress/conftest.py``."""

from __future__ import annotations

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
