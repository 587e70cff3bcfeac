"""The configs on docs/scale.md run, and the options do what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import MODELS
from mmengine.runner import Runner
from tiny_config import tiny_config

from mmaction_mespot.apis.runs import run_testing

ROOT = Path(__file__).parents[2]
EXAMPLES = re.findall(r'```python\n(_base_ = .*?)```', (ROOT / 'docs' / 'scale.md').read_text(), re.DOTALL)


@pytest.fixture(autouse=True)
def unformatted_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Config, 'pretty_text', '# not formatted')


@pytest.mark.parametrize('example', EXAMPLES, ids=lambda text: text.split('\n')[1][:40])
def test_example_trains_and_validates(tiny_data: Path, tmp_path: Path, example: str) -> None:
    path = tmp_path / 'example.py'
    path.write_text(example.replace("'../configs", f"'{ROOT}/configs"))
    Runner.from_cfg(tiny_config(path, tmp_path / 'work')).train()
    state = torch.load(tmp_path / 'work' / 'final.pth', weights_only=False)['state_dict']
    assert state['score_thresholds'].isfinite().all()


def test_checkpointed_activations_leave_the_gradients() -> None:
    cfg = Config.fromfile(ROOT / 'configs' / '_base_' / 'models' / 'mespot_i3d_slim.py').model.backbone
    torch.manual_seed(0)
    streams = {'rgb': torch.randn(1, 3, 16, 32, 32), 'flow': torch.randn(1, 2, 16, 32, 32)}
    gradients, weights = [], None
    for with_cp in (False, True):
        for stream in ('rgb', 'flow'):
            cfg[stream].update(with_cp=with_cp, norm_eval=True)
        backbone = MODELS.build(cfg)
        weights = backbone.state_dict() if weights is None else weights
        backbone.load_state_dict(weights)
        backbone.train()
        sum(level.square().mean() for level in backbone(streams)).backward()
        gradients.append({name: p.grad for name, p in backbone.named_parameters() if p.grad is not None})
    assert len(gradients[0]) == len(gradients[1]) > 20
    for name, gradient in gradients[0].items():
        torch.testing.assert_close(gradients[1][name], gradient, rtol=1e-5, atol=1e-7, msg=name)


def test_a_compiled_test_gives_the_same_figures(tiny_data: Path, tmp_path: Path) -> None:
    path = ROOT / 'configs' / 'mespot_lite_synthetic.py'
    cfg = tiny_config(path, tmp_path)
    cfg.model.neck.num_repeats = 0  # less to trace
    checkpoint = tmp_path / 'weights.pth'
    torch.save({'state_dict': MODELS.build(cfg.model).state_dict()}, checkpoint)
    cfg.test_evaluator.top_threshold = 0.2
    cfg.dump(tmp_path / 'tiny.json')
    words = [
        str(tmp_path / 'tiny.json'),
        str(checkpoint),
        '--work-dir',
        str(tmp_path / 'work'),
        '--cfg-options',
    ]
    plain = run_testing([*words, 'experiment_name=plain'])
    compiled = run_testing([*words, 'experiment_name=compiled', 'compile.backend=eager'])
    assert plain == pytest.approx(compiled, rel=1e-5, nan_ok=True)
