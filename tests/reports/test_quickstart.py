from __future__ import annotations

from pathlib import Path

from mmaction_mespot.reports.quickstart import TINY, quickstart_steps

ROOT = Path(__file__).resolve().parents[2]


def test_steps_call_tools_that_are_there_in_order() -> None:
    options = ['train_cfg.max_epochs=1']
    steps = quickstart_steps(ROOT, Path('/data'), Path('/work'), 'quick', 2, options)
    tools = [Path(step.command[0]) for step in steps]
    assert [tool.stem for tool in tools][2:] == ['train', 'test', 'test', 'test', 'report']
    assert all(tool.is_file() for tool in tools)
    assert all(Path(steps[place].command[1]).is_file() for place in (2, 3, 4, 5))
    assert steps[2].command[-2:] == ('--cfg-options', *options)
    # What one step makes, the next ones read.
    assert str(steps[2].result) in steps[3].command and str(steps[2].result) in steps[5].command
    for step in steps[3:6]:
        assert f'test_evaluator.dump_path={step.result}' in step.command
        assert str(step.result) in ' '.join(steps[6].command)


def test_the_smoke_test_trains_briefly_and_what_is_given_wins() -> None:
    given = 'train_cfg.max_epochs=5'
    train = quickstart_steps(ROOT, Path('/data'), Path('/work'), 'tiny', 2, [given])[2].command
    options = train[train.index('--cfg-options') + 1 :]
    assert options == (*TINY, given)
