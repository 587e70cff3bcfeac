"""A whole small training and test through the functions behind the tools, and what stops them."""

import json
import uuid

import pytest
import torch
from mmaction.registry import DATASETS, METRICS, MODELS
from mmengine.dataset import BaseDataset
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.apis.runs import run_testing, run_training
from mmaction_mespot.errors import MESpotError


@MODELS.register_module()
class RunsLine(BaseModel):
    def __init__(self, width=1, name='fc'):
        super().__init__()
        setattr(self, name, torch.nn.Linear(2, width))
        self.name = name

    def forward(self, x, mode):
        y = getattr(self, self.name)(torch.stack(x))
        return dict(loss=y.square().sum()) if mode == 'loss' else [dict(y=float(v.sum())) for v in y]


@DATASETS.register_module()
class RunsPoints(BaseDataset):
    def __init__(self, points=2, **kwargs):
        self.points = points
        super().__init__(**kwargs)

    def load_data_list(self):
        with open(self.ann_file, encoding='utf-8') as file:
            return [dict(x=x) for x in json.load(file)[: self.points]]

    def prepare_data(self, index):
        return dict(x=torch.full((2,), float(self.get_data_info(index)['x'])))


@METRICS.register_module()
class RunsMean(BaseMetric):
    def process(self, data_batch, data_samples):
        self.results += [sample['y'] for sample in data_samples]

    def compute_metrics(self, results):
        return dict(y=sum(results) / len(results))


@pytest.fixture
def config(tmp_path):
    (tmp_path / 'points.json').write_text('[1, 2, 3]')
    dataset = f"dict(type='RunsPoints', ann_file=r'{tmp_path / 'points.json'}')"
    loader = f"dict(batch_size=1, num_workers=0, dataset={dataset}, sampler=dict(type='DefaultSampler'))"
    path = tmp_path / 'line.py'
    path.write_text(f"""
default_scope = 'mmaction'
experiment_name = '{uuid.uuid4()}'
work_dir = r'{tmp_path / 'work'}'
model = dict(type='RunsLine')
train_dataloader = {loader}
val_dataloader = {loader}
test_dataloader = {loader}
train_cfg = dict(by_epoch=True, max_epochs=1)
val_cfg = dict()
test_cfg = dict()
val_evaluator = dict(type='RunsMean')
test_evaluator = dict(type='RunsMean')
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.01))
""")
    return str(path)


def options(*pairs):
    return ['--cfg-options', f'experiment_name={uuid.uuid4()}', *pairs]


def weights(path, **state):
    torch.save({'state_dict': state}, path)
    return str(path)


FIT = {'fc.weight': torch.ones(1, 2), 'fc.bias': torch.zeros(1)}


def test_train_resume_and_test(config, tmp_path):
    run_training([config, '--seed', '1'])
    first = torch.load(tmp_path / 'work' / 'epoch_1.pth', weights_only=False)
    assert first['meta']['seed'] == 1
    run_training([config, '--resume', *options('train_cfg.max_epochs=2')])
    metrics = run_testing([config, str(tmp_path / 'work' / 'epoch_2.pth'), *options()])
    trained = torch.load(tmp_path / 'work' / 'epoch_2.pth', weights_only=False)
    assert trained['meta']['epoch'] == 2
    weight, bias = trained['state_dict']['fc.weight'], trained['state_dict']['fc.bias']
    assert metrics['y'] == pytest.approx(float(1.5 * weight.sum() + bias))


def test_weights_of_the_test(config, tmp_path):
    assert run_testing([config, weights(tmp_path / 'a.pth', **FIT)]) == {'y': 3.0}  # mean of 2 * 1 and 2 * 2


@pytest.mark.parametrize(
    ('state', 'message'),
    [
        (
            {'cls.weight': torch.ones(1, 2)},
            r'0 of 2 weights of RunsLine match; 2 missing \(fc\.weight, fc\.bias\), 1 unexpected \(cls',
        ),
        ({'fc.weight': torch.ones(1, 2)}, r'1 of 2 .*1 missing \(fc\.bias\), 0 unexpected'),
        (FIT | {'extra': torch.ones(1)}, r'2 of 2 .*1 unexpected \(extra\)'),
        (FIT | {'fc.bias': torch.ones(5)}, r'1 of 2 .*1 of another shape \(fc\.bias \(5,\) for \(1,\)\)'),
    ],
)
def test_checkpoint_of_another_model(config, tmp_path, state, message):
    path = weights(tmp_path / 'other.pth', **state)
    with pytest.raises(MESpotError, match=r'other\.pth: checkpoint of another model: ' + message):
        run_testing([config, path])
    with pytest.raises(MESpotError, match=message):
        run_training([config, '--resume', path, *options()])


def test_checkpoint_of_several_processes_fits(config, tmp_path):
    state = {f'module.{key}': value for key, value in FIT.items()}
    assert run_testing([config, weights(tmp_path / 'ddp.pth', **state)]) == {'y': 3.0}


def test_training_starts_from_a_part_of_the_weights(config, tmp_path):
    part = weights(tmp_path / 'part.pth', **{'fc.weight': torch.ones(1, 2), 'cls.weight': torch.ones(9)})
    run_training([config, *options(f'load_from={part}', 'optim_wrapper.optimizer.lr=0')])
    trained = torch.load(tmp_path / 'work' / 'epoch_1.pth', weights_only=False)
    assert trained['state_dict']['fc.weight'].tolist() == [[1.0, 1.0]]
    none = weights(tmp_path / 'none.pth', **{'cls.weight': torch.ones(9)})
    with pytest.raises(MESpotError, match='0 of 2 weights'):
        run_training([config, *options(f'load_from={none}')])


@pytest.mark.parametrize('run', [run_training, run_testing])
def test_checkpoint_not_found(config, run):
    arguments = ['gone.pth'] if run is run_testing else ['--resume', 'gone.pth']
    with pytest.raises(MESpotError, match=r'^checkpoint not found: gone\.pth$'):
        run([config, *arguments])


def test_checkpoint_without_weights(config, tmp_path):
    torch.save([1, 2], tmp_path / 'list.pth')
    with pytest.raises(MESpotError, match=r'list\.pth: holds no state dict, found list'):
        run_testing([config, str(tmp_path / 'list.pth')])


@pytest.mark.parametrize('split', ['train', 'val'])
def test_empty_split(config, tmp_path, split):
    with pytest.raises(MESpotError, match=rf'the {split} split is empty: no sample from .*points\.json'):
        run_training([config, *options(f'{split}_dataloader.dataset.points=0')])


def test_empty_test_split(config, tmp_path):
    path = weights(tmp_path / 'a.pth', **FIT)
    with pytest.raises(MESpotError, match='the test split is empty'):
        run_testing([config, path, *options('test_dataloader.dataset.points=0')])


def test_missing_annotation_file(config, capsys):
    arguments = [config, *options('train_dataloader.dataset.ann_file=gone.json')]
    assert run_command(lambda: run_training(arguments)) == 2
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert line.startswith('error: FileNotFoundError:') and 'gone.json' in line


def test_unknown_component(config, capsys):
    assert run_command(lambda: run_training([config, *options('model.type=NoSuchNet')])) == 2
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert line.endswith("line.py: no model 'NoSuchNet'")


def test_config_without_the_split(config):
    with pytest.raises(MESpotError, match=r'line\.py has no test_cfg and no test_dataloader'):
        run_testing([config, 'a.pth', *options('test_cfg=None', 'test_dataloader=None')])
