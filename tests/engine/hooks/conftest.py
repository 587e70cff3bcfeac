"""A runner that trains a few numbers for a few epochs."""

import pytest
import torch
from mmengine.evaluator import BaseMetric, Evaluator
from mmengine.model import BaseModel
from mmengine.optim import OptimWrapper
from mmengine.runner import Runner
from torch.utils.data import DataLoader, Dataset

CHOSEN = [(0.25, 0.5), (0.375, 0.625), (0.4375, 0.75)]
"""Thresholds that the metric chooses in the validations after epochs 1, 2, 3."""


class Numbers(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return {'inputs': torch.full((3,), float(index))}


class TinyModel(BaseModel):
    """A layer with dropout, so that its training depends on the generator."""

    def __init__(self, classes=2):
        super().__init__()
        self.layer = torch.nn.Linear(3, 2)
        self.dropout = torch.nn.Dropout(0.5)
        if classes:
            self.register_buffer('score_thresholds', torch.full((classes,), float('nan')))

    def forward(self, inputs, mode='tensor'):
        outputs = self.layer(self.dropout(inputs))
        return {'loss': outputs.square().mean()} if mode == 'loss' else [outputs]


class ScriptedMetric(BaseMetric):
    """Chooses the thresholds of ``CHOSEN`` by the epoch."""

    default_prefix = 'spotting'

    def __init__(self, epoch_of, silent=False):
        super().__init__()
        self.epoch_of, self.silent, self.validations = epoch_of, silent, 0

    def process(self, data_batch, data_samples):
        self.results.append(0)

    def compute_metrics(self, results):
        self.validations += 1
        macro, micro = CHOSEN[self.epoch_of() - 1]
        return {'F1': 0.5} if self.silent else {'F1': 0.5, 'threshold_MaE': macro, 'threshold_ME': micro}


class Wrapper(torch.nn.DataParallel):
    """A wrapper as the runner uses it on several devices."""

    def train_step(self, *args, **kwargs):
        return self.module.train_step(*args, **kwargs)

    def val_step(self, *args, **kwargs):
        return self.module.val_step(*args, **kwargs)


@pytest.fixture
def chosen():
    return [list(pair) for pair in CHOSEN]


@pytest.fixture
def make_runner(tmp_path):
    """Function that builds a runner of a fresh tiny model."""
    number = iter(range(100))

    def build(
        hooks,
        folder='work',
        epochs=3,
        resume_from=None,
        classes=2,
        silent=False,
        best=False,
        wrap=False,
        checkpoint=None,
    ):
        runner = None
        metric = ScriptedMetric(lambda: runner.epoch, silent)
        torch.manual_seed(0)
        model = TinyModel(classes)
        checkpoint = dict(checkpoint or {'type': 'CheckpointHook', 'interval': 1})
        if best:
            checkpoint |= {'save_best': 'spotting/F1', 'rule': 'greater'}
        runner = Runner(
            model=model,
            work_dir=str(tmp_path / folder),
            train_dataloader=DataLoader(Numbers(), batch_size=2),
            train_cfg={'by_epoch': True, 'max_epochs': epochs, 'val_interval': 1},
            optim_wrapper=OptimWrapper(torch.optim.Adam(model.parameters(), lr=0.01)),
            val_dataloader=DataLoader(Numbers(), batch_size=2),
            val_cfg={},
            val_evaluator=Evaluator([metric]),
            default_hooks={'checkpoint': checkpoint, 'logger': {'type': 'LoggerHook', 'interval': 100}},
            custom_hooks=hooks,
            load_from=resume_from,
            resume=resume_from is not None,
            randomness={'seed': 5},
            experiment_name=f'{tmp_path.name}_{next(number)}',
            default_scope='mmaction',
        )
        runner.metric = metric
        if wrap:
            runner.model = Wrapper(runner.model)
        return runner

    return build
