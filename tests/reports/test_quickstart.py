from __future__ import annotations

from pathlib import Path

from mmaction_mespot.reports.quickstart import quickstart_steps

ROOT = Path(__file__).resolve().parents[2]


def test_steps_call_tools_that_are_there_in_order() -> None:
    options = ['train_cfg.max_epochs=1']
    steps = quickstart_steps(ROOT, Path('/data'), Path('/work'), 'tiny', 2, options)
    tools = [Path(step.command[0]) for step in steps]
    assert [tool.stem for tool in tools] == ['make_synthetic', 'prepare', 'train', 'test', 'report']
    assert all(tool.is_file() for tool in tools)
    assert Path(steps[2].command[1]).is_file()
    assert steps[2].command[-2:] == ('--cfg-options', *options)
    # What one step makes, the next one reads.
    assert str(steps[2].result) in steps[3].command
    assert f'test_evaluator.dump_path={steps[3].result}' in steps[3].command
    assert str(steps[3].result) in steps[4].command
