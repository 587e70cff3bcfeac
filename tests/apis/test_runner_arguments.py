"""The flags are MMAction2's, and each reaches the config."""

import runpy
import sys
from pathlib import Path

import mmaction
import pytest
import torch

from mmaction_mespot.apis import runner_arguments
from mmaction_mespot.errors import MESpotError

UPSTREAM = Path(mmaction.__file__).parent / '.mim' / 'tools'
CONFIG = """
model = dict(type='BMN')
optim_wrapper = dict(optimizer=dict(type='Adam', lr=1.))
val_cfg = dict()
val_dataloader = dict()
val_evaluator = dict(type='ANetMetric')
test_evaluator = dict(type='ANetMetric')
auto_scale_lr = dict(enable=False, base_batch_size=32)
randomness = dict(seed=7)
default_hooks = dict(visualization=dict(type='VisualizationHook'))
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / 'my_config.py'
    path.write_text(CONFIG)
    return str(path)


@pytest.mark.skipif(not UPSTREAM.is_dir(), reason='this MMAction2 came without its tools')
@pytest.mark.parametrize(
    ('tool', 'positional', 'flags'),
    [
        (
            'train',
            ['c.py'],
            '--work-dir w --resume --amp --no-validate --auto-scale-lr --seed 3 --diff-rank-seed '
            '--deterministic --cfg-options a.b=1 c=[1,2] --launcher slurm --local-rank 2',
        ),
        ('train', ['c.py'], '--resume a.pth'),
        (
            'test',
            ['c.py', 'a.pth'],
            '--work-dir w --dump d.pkl --cfg-options a=1 --show-dir s --show --interval 3 --wait-time 0.5 '
            '--launcher pytorch --local_rank 1',
        ),
    ],
)
def test_same_flags_as_mmaction2(monkeypatch, tool, positional, flags):
    parser = getattr(runner_arguments, f'parser_for_{tool}')()
    upstream = runpy.run_path(str(UPSTREAM / f'{tool}.py'), run_name='upstream')
    monkeypatch.setenv('LOCAL_RANK', '0')
    for arguments in (positional, positional + flags.split()):
        monkeypatch.setattr(sys, 'argv', [tool, *arguments])
        ours = vars(parser.parse_args(arguments))
        assert ours.pop('threshold', None) is None  # our own
        assert ours == vars(upstream['parse_args']())


def test_training_flags_reach_the_config(config):
    cfg = runner_arguments.config_for_train(
        [
            config,
            *[
                '--work-dir',
                'w',
                '--resume',
                '--amp',
                '--no-validate',
                '--auto-scale-lr',
                '--seed',
                '3',
                '--deterministic',
            ],
            *['--diff-rank-seed', '--cfg-options', 'optim_wrapper.optimizer.lr=0.5'],
        ]
    )
    assert cfg.work_dir == 'w'
    assert (cfg.resume, cfg.load_from) == (True, None)
    assert cfg.optim_wrapper.optimizer.to_dict() == {'type': 'Adam', 'lr': 0.5}
    assert (cfg.val_cfg, cfg.val_dataloader, cfg.val_evaluator) == (None, None, None)
    assert cfg.auto_scale_lr.enable
    assert cfg.randomness == {'seed': 3, 'deterministic': True, 'diff_rank_seed': True}


@pytest.mark.parametrize(
    ('gpu', 'wrapper'),
    [(True, dict(type='AmpOptimWrapper', loss_scale='dynamic')), (False, dict(type='CpuAmpOptimWrapper'))],
)
def test_mixed_precision_of_the_machine(config, monkeypatch, gpu, wrapper):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: gpu)
    chosen = runner_arguments.config_for_train([config, '--amp']).optim_wrapper.to_dict()
    chosen.pop('optimizer')
    assert chosen == wrapper


def test_defaults_leave_the_config(config):
    cfg = runner_arguments.config_for_train([config])
    assert cfg.work_dir == str(Path('work_dirs', 'my_config'))
    assert cfg.randomness == {'seed': 7, 'deterministic': False, 'diff_rank_seed': False}
    assert cfg.get('resume') is None and cfg.val_evaluator.type == 'ANetMetric'


def test_resume_from_a_file(config):
    cfg = runner_arguments.config_for_train([config, '--resume', 'a.pth'])
    assert (cfg.resume, cfg.load_from) == (True, 'a.pth')


def test_testing_flags_reach_the_config(config):
    cfg = runner_arguments.config_for_test(
        [config, 'a.pth', '--dump', 'd.pkl', '--show-dir', 's', '--interval', '3', '--wait-time', '0.5']
    )
    assert cfg.load_from == 'a.pth'
    assert [evaluator['type'] for evaluator in cfg.test_evaluator] == ['ANetMetric', 'DumpResults']
    assert cfg.test_evaluator[1]['out_file_path'] == 'd.pkl'
    assert cfg.default_hooks.visualization == {
        'type': 'VisualizationHook',
        'enable': True,
        'show': False,
        'wait_time': 0.5,
        'out_dir': 's',
        'interval': 3,
    }


def test_a_test_needs_neither_training_data_nor_a_checkpoint(config):
    for words, expected in (([], None), (['none'], None), (['a.pth'], 'a.pth')):
        cfg = runner_arguments.config_for_test([config, *words])
        assert cfg.load_from == expected
        assert (cfg.train_cfg, cfg.train_dataloader, cfg.optim_wrapper) == (None, None, None)


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('model = dict(', r'broken\.py cannot be read: SyntaxError'),
        ('raise ImportError("no such plugin")', r'broken\.py cannot be read: ImportError: no such plugin'),
        ("_base_ = 'gone.py'", r'broken\.py cannot be read: FileNotFoundError: .*gone\.py'),
        ('a = 1', r'broken\.py has no model; found \[.*a'),
    ],
)
def test_bad_config(tmp_path, text, message):
    path = tmp_path / 'broken.py'
    path.write_text(text)
    with pytest.raises(MESpotError, match=message):
        runner_arguments.config_for_train([str(path)])


@pytest.mark.parametrize(
    ('read', 'flags', 'edit', 'message'),
    [
        ('train', ['--amp'], "optim_wrapper['type'] = 'Mine'", r'--amp needs .* has Mine'),
        ('train', ['--auto-scale-lr'], 'del auto_scale_lr', '--auto-scale-lr needs'),
        (
            'train',
            ['--cfg-options', 'val_evaluator.0.type=X'],
            'val_evaluator = [1]',
            '--cfg-options does not fit',
        ),
        ('test', ['a.pth', '--show'], 'default_hooks = dict()', 'need default_hooks.visualization'),
        ('test', ['a.pth', '--dump', 'd.json'], '', r'd\.json must end in \.pkl'),
    ],
)
def test_flag_that_does_not_fit(config, read, flags, edit, message):
    Path(config).write_text(CONFIG + edit + '\n')
    with pytest.raises(MESpotError, match=message):
        getattr(runner_arguments, f'config_for_{read}')([config, *flags])


def test_a_fold_on_the_command_line_reaches_the_data_and_the_work_folder(config):
    casme2 = str(Path(__file__).parents[2] / 'configs' / 'mespot_casme2.py')
    cfg = runner_arguments.config_for_train([casme2, '--cfg-options', 'fold=s16'])
    loaders = (cfg.train_dataloader, cfg.val_dataloader, cfg.test_dataloader)
    assert [loader.dataset.fold for loader in loaders] == ['s16'] * 3
    assert Path(cfg.work_dir).name == 's16'
    with pytest.raises(MESpotError, match='has no `fold`'):
        runner_arguments.config_for_train([config, '--cfg-options', 'fold=s16'])
