from types import SimpleNamespace

import pytest
import torch
from mmengine.runner import Runner

from mmaction_mespot.evaluation.metrics.spotting_f1 import SpottingF1Metric

HOOK = [{'type': 'ThresholdHook'}]


def load(path):
    return torch.load(path, map_location='cpu', weights_only=True)


def test_thresholds_travel_with_the_weights(make_runner, tmp_path, chosen):
    runner = make_runner(HOOK)
    runner.train()
    assert runner.model.score_thresholds.tolist() == chosen[2]
    final = load(tmp_path / 'work' / 'final.pth')
    assert sorted(final) == ['meta', 'state_dict']
    assert final['state_dict']['score_thresholds'].tolist() == chosen[2]
    assert torch.equal(final['state_dict']['layer.weight'], runner.model.layer.weight)
    assert (final['meta']['epoch'], final['meta']['iter']) == (3, 6)
    assert runner.metric.validations == 3
    assert not list((tmp_path / 'work').glob('.*.tmp'))


def test_the_best_checkpoint_holds_its_own_thresholds(make_runner, tmp_path, chosen):
    make_runner(HOOK, best=True).train()
    (best,) = (tmp_path / 'work').glob('best_*.pth')
    # The first epoch is never surpassed.
    state = torch.load(best, map_location='cpu', weights_only=False)['state_dict']
    assert state['score_thresholds'].tolist() == chosen[0]


def test_a_run_broken_off_before_its_last_validation_ends_the_same(make_runner, tmp_path, chosen):
    make_runner(HOOK).train()
    resumed = make_runner(HOOK, 'resumed', resume_from=str(tmp_path / 'work' / 'epoch_3.pth'))
    resumed.train()
    assert resumed.metric.validations == 1
    first, second = (load(tmp_path / folder / 'final.pth') for folder in ('work', 'resumed'))
    assert second['state_dict']['score_thresholds'].tolist() == chosen[2]
    assert first['state_dict'].keys() == second['state_dict'].keys()
    assert all(
        torch.equal(first['state_dict'][key], second['state_dict'][key]) for key in first['state_dict']
    )


def test_a_wrapped_model(make_runner, tmp_path, chosen):
    runner = make_runner(HOOK, epochs=1, wrap=True)
    runner.train()
    assert runner.model.module.score_thresholds.tolist() == chosen[0]
    assert load(tmp_path / 'work' / 'final.pth')['state_dict']['score_thresholds'].tolist() == chosen[0]


def test_averaged_weights_do_not_bring_old_thresholds(make_runner, tmp_path, chosen):
    runner = make_runner([*HOOK, {'type': 'EMAHook', 'momentum': 0.5}])
    runner.train()
    state = load(tmp_path / 'work' / 'final.pth')['state_dict']
    assert state['score_thresholds'].tolist() == chosen[2]
    assert not torch.equal(state['layer.weight'], runner.model.layer.weight)


def test_a_model_without_thresholds_is_left_alone(make_runner, tmp_path):
    runner = make_runner(HOOK, epochs=1, classes=0)
    runner.train()
    assert sorted(load(tmp_path / 'work' / 'final.pth')['state_dict']) == ['layer.bias', 'layer.weight']
    log = next((tmp_path / 'work').glob('*/*.log')).read_text(encoding='utf-8')
    assert (
        log.count("TinyModel has no buffer score_thresholds: thresholds go into the checkpoint's meta") == 1
    )


def test_thresholds_of_a_model_without_buffer_reach_the_metric_of_a_test(
    make_runner, tmp_path, chosen, monkeypatch
):
    make_runner(HOOK, classes=0).train()
    path = tmp_path / 'work' / 'final.pth'
    assert load(path)['meta']['score_thresholds'] == chosen[2]
    runner = make_runner(HOOK, 'test', classes=0)
    metric = SpottingF1Metric()
    evaluator = SimpleNamespace(metrics=[metric])
    monkeypatch.setattr(Runner, 'test_evaluator', property(lambda _: evaluator))
    runner.load_checkpoint(str(path))
    runner.call_hook('before_test_epoch')
    assert metric.model_thresholds == chosen[2]


def test_a_metric_that_chose_nothing(make_runner):
    runner = make_runner(HOOK, epochs=1, silent=True)
    runner.train()
    assert runner.model.score_thresholds.isnan().all()


def test_a_buffer_of_another_size(make_runner):
    with pytest.raises(ValueError, match=r'score_thresholds must hold one number .* found shape \(3,\)'):
        make_runner(HOOK, epochs=1, classes=3).train()
