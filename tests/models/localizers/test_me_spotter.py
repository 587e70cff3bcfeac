from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from mmaction.registry import MODELS
from mmengine.runner.checkpoint import load_checkpoint, save_checkpoint
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.nms import cross_class_suppression, hard_nms


def flow(batch: int = 2, frames: int = 64) -> dict[str, Tensor]:
    return {'flow': torch.randn(batch, 2, frames, 12, 12)}


@pytest.mark.parametrize('frames', [64, 96, 100, 128])
def test_every_level_of_every_length(lite: nn.Module, frames: int) -> None:
    logits, offsets = lite(flow(1, frames))
    lengths = [frames // 2]
    for _ in range(4):
        lengths.append(-(-lengths[-1] // 2))
    assert [level.shape[2] for level in logits] == lengths
    assert [level.shape[2] for level in offsets] == lengths


def test_the_lite_network_stays_small(lite: nn.Module) -> None:
    assert 0.3e6 < sum(p.numel() for p in lite.parameters()) < 0.4e6


@pytest.mark.parametrize(
    ('name', 'streams'),
    [('mespot_lite', (('flow', 2, 12),)), ('mespot_i3d_slim', (('rgb', 3, 32), ('flow', 2, 32)))],
)
def test_the_gradient_reaches_every_parameter(
    name: str, streams: tuple, model_config: Callable[[str], dict], make_sample: Callable
) -> None:
    torch.manual_seed(0)
    model = MODELS.build(model_config(name))
    model.train()
    inputs = {stream: torch.randn(2, channels, 64, size, size) for stream, channels, size in streams}
    losses = model(inputs, [make_sample([[10, 22]], [1]), make_sample([[8, 50]], [0])], mode='loss')
    (losses['loss_cls'] + losses['loss_boundary']).backward()
    without = [key for key, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert without == []


def test_the_papers_network_builds_with_two_full_i3d(model_config: Callable[[str], dict]) -> None:
    with torch.device('meta'):
        backbone = MODELS.build(model_config('mespot_i3d_r50')['backbone'])
        levels = backbone(dict(rgb=torch.empty(1, 3, 64, 224, 224), flow=torch.empty(1, 2, 64, 224, 224)))
    assert [tuple(level.shape) for level in levels] == [
        (1, 1024, 32, 28, 28),
        (1, 2048, 16, 14, 14),
        (1, 4096, 8, 7, 7),
    ]


def test_one_window_is_learned_and_given_back(
    model_config: Callable[[str], dict], make_sample: Callable
) -> None:
    config = model_config('mespot_lite')
    config['neck']['num_repeats'] = 1
    config['head']['dropout'] = 0.0
    torch.manual_seed(0)
    model = MODELS.build(config)
    model.train()
    events, labels = torch.tensor([[7.0, 17.0], [22.0, 55.0]]), torch.tensor([1, 0])
    inputs = flow()
    samples = [make_sample(events.tolist(), labels.tolist()), make_sample()]
    optimizer = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=60)
    for _ in range(60):
        losses = model(inputs, samples, mode='loss')
        total = losses['loss_cls'] + losses['loss_boundary']
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        schedule.step()
    assert total < 0.02

    # the statistics of the batch, as in training: few steps leave the running ones behind
    with torch.no_grad():
        full, empty = model(inputs, samples, mode='predict')
    assert (empty.pred_instances.scores < 0.3).all()
    found = full.pred_instances
    for suppress, overlap in ((hard_nms, 0.1), (cross_class_suppression, 0.4)):
        arrays = (found[name].numpy() for name in ('segments', 'scores', 'labels'))
        found = found[torch.from_numpy(suppress(*arrays, overlap))]
    found = found[found.scores > 0.5]
    order = found.segments[:, 0].argsort()
    torch.testing.assert_close(found.segments[order], events, rtol=0, atol=2.0)
    assert found.labels[order].tolist() == labels.tolist()


def test_predict_fills_the_samples(lite: nn.Module, make_sample: Callable) -> None:
    lite.eval()
    samples = [make_sample(window_start=500), make_sample(window_start=900)]
    with torch.no_grad():
        out = lite.test_step(dict(inputs={'flow': list(flow()['flow'])}, data_samples=samples))
    assert len(out) == 2
    assert set(out[0].pred_instances.keys()) == {'segments', 'scores', 'labels'}
    assert out[1].pred_instances.segments.min() > 700
    assert out[0].metainfo['score_thresholds'] is None
    lite.set_score_thresholds([0.25, 0.5])
    with torch.no_grad():
        out = lite(flow(), samples, mode='predict')
    assert out[0].metainfo['score_thresholds'] == [0.25, 0.5]


def test_a_model_without_a_neck(make_sample: Callable) -> None:
    config = dict(
        type='MESpotter',
        backbone=dict(type='FlowGridBackbone', channels=(4, 8, 8, 8)),
        head=dict(
            type='CRNHead', in_channels=8, channels=8, anchors=dict(type='SegmentAnchors', strides=(2, 4, 8))
        ),
    )
    losses = MODELS.build(config)(flow(), [make_sample([[4, 16]], [1]), make_sample()], mode='loss')
    assert losses['loss_cls'] > 0


def test_weights_and_thresholds_survive_a_checkpoint(
    lite: nn.Module, model_config: Callable[[str], dict], tmp_path: Path
) -> None:
    lite.set_score_thresholds([0.3, 0.2])
    save_checkpoint(dict(state_dict=lite.state_dict()), str(tmp_path / 'model.pth'))
    other = MODELS.build(model_config('mespot_lite'))
    assert other.score_thresholds.isnan().all()
    load_checkpoint(other, str(tmp_path / 'model.pth'), strict=True)
    assert other.score_thresholds.tolist() == pytest.approx([0.3, 0.2])
    inputs = flow()
    lite.eval(), other.eval()
    torch.testing.assert_close(lite(inputs), other(inputs))


def test_wrong_calls_are_errors(lite: nn.Module) -> None:
    with pytest.raises(MESpotError, match="found 'train'"):
        lite(flow(), mode='train')
    with pytest.raises(MESpotError, match="'loss' needs data_samples"):
        lite(flow(), mode='loss')
    for thresholds in ([0.5], [0.5, float('nan')]):
        with pytest.raises(MESpotError, match='one finite number for each'):
            lite.set_score_thresholds(thresholds)


def test_a_context_is_cropped_before_the_neck(
    lite: nn.Module, model_config: Callable[[str], dict], make_sample: Callable
) -> None:
    wide = MODELS.build(dict(model_config('mespot_lite'), context=8))
    wide.load_state_dict(lite.state_dict())
    wide.eval(), lite.eval()
    inputs = flow(1, 80)
    assert [level.shape[2] for level in wide(inputs)[0]] == [32, 16, 8, 4, 2]
    # in the middle of the window the backbone sees no border: there both agree
    middle = {'flow': inputs['flow'][:, :, 8:-8]}
    seen, alone = wide.extract_levels(inputs, None), lite.extract_levels(middle, None)
    torch.testing.assert_close(seen[2][:, :, 1:-1], alone[2][:, :, 1:-1])
    assert (seen[2][:, :, 0] - alone[2][:, :, 0]).abs().max() > 1e-3
    assert wide(inputs, [make_sample([[8, 30]], [0], clip_len=64)], mode='loss')['loss_cls'] > 0
    with pytest.raises(MESpotError, match=r'context=8 expects 80 \+ 2 \* 8 positions, found 80'):
        wide(inputs, [make_sample(clip_len=80)], mode='loss')
    with pytest.raises(MESpotError, match='context must be at least 0, found -8'):
        MODELS.build(dict(model_config('mespot_lite'), context=-8))
