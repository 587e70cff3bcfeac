from pathlib import Path

import pytest
import torch
from mmaction.registry import MODELS
from mmengine.logging import MMLogger
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones import TwoStreamBackbone
from mmaction_mespot.models.backbones.pretrained import average_input_channels

# the zoo's i3d_imagenet-pretrained-r50_8xb8-32x2x1-100e_kinetics400-rgb: its backbone, narrower to be quick
ZOO = dict(
    type='ResNet3d',
    depth=50,
    pretrained2d=False,
    base_channels=4,
    conv1_kernel=(5, 7, 7),
    conv1_stride_t=2,
    pool1_stride_t=2,
    inflate=((1, 1, 1), (1, 0, 1, 0), (1, 0, 1, 0, 1, 0), (0, 1, 0)),
    zero_init_residual=False,
)
NARROW = dict(base_channels=4)


@pytest.fixture
def zoo_file(tmp_path: Path) -> tuple[Path, dict[str, Tensor]]:
    """A checkpoint with exactly the keys of the zoo's recogniser, and its backbone's weights."""
    torch.manual_seed(3)
    backbone = MODELS.build(ZOO)
    for value in backbone.state_dict().values():
        value.copy_(torch.rand(value.shape) if value.is_floating_point() else torch.tensor(7))
    weights = backbone.state_dict()
    state = {f'backbone.{key}': value for key, value in weights.items()}
    state |= {'cls_head.fc_cls.weight': torch.zeros(400, 128), 'cls_head.fc_cls.bias': torch.zeros(400)}
    path = tmp_path / 'i3d.pth'
    torch.save(dict(state_dict=state, meta=dict(epoch=100)), path)
    return path, weights


def test_every_key_goes_into_both_streams(
    zoo_file: tuple[Path, dict[str, Tensor]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, weights = zoo_file
    messages: list[str] = []
    monkeypatch.setattr(
        'mmaction_mespot.models.backbones.pretrained.print_log', lambda text, **_: messages.append(text)
    )
    init_cfg = dict(type='Pretrained', checkpoint=str(path))
    backbone = TwoStreamBackbone(rgb=NARROW, flow=NARROW, init_cfg=init_cfg)
    backbone.init_weights()

    kernel = 'conv1.conv.weight'
    for name, stream in backbone.streams.items():
        loaded = stream.state_dict()
        assert loaded.keys() == weights.keys()
        for key, value in loaded.items():
            if name == 'rgb' or key != kernel:
                torch.testing.assert_close(value, weights[key])
    flow_kernel = backbone.streams['flow'].state_dict()[kernel]
    torch.testing.assert_close(flow_kernel.sum(dim=1), weights[kernel].sum(dim=1))
    torch.testing.assert_close(flow_kernel[:, 0], flow_kernel[:, 1])

    total = len(weights)
    assert len(messages) == 2
    assert f'rgb stream: {total} of {total} keys matched' in messages[0]
    assert '2 keys outside the backbone left aside: cls_head.fc_cls.bias' in messages[0]
    assert f'flow stream: {total} of {total} keys matched' in messages[1]
    assert 'conv1.conv.weight averaged to 2 input channels' in messages[1]


def test_a_checkpoint_of_another_network_is_an_error_with_examples(
    zoo_file: tuple[Path, dict[str, Tensor]],
) -> None:
    path, _ = zoo_file
    init_cfg = dict(type='Pretrained', checkpoint=str(path))
    wide = TwoStreamBackbone(rgb=dict(base_channels=8), init_cfg=init_cfg)
    with pytest.raises(
        ValueError, match=r'rgb stream.*of another shape, e\.g\. conv1\.conv\.weight \(4, 3, 5, 7, 7\)'
    ):
        wide.init_weights()
    deep = TwoStreamBackbone(rgb=dict(base_channels=4, depth=101, inflate=(1, 1, 1, 1)), init_cfg=init_cfg)
    with pytest.raises(MESpotError, match=r'keys missing in the file, e\.g\. layer'):
        deep.init_weights()
    shallow = TwoStreamBackbone(
        rgb=dict(
            base_channels=4,
            stage_blocks=(1, 4, 6, 3),
            inflate=((1,), (1, 0, 1, 0), (1, 0, 1, 0, 1, 0), (0, 1, 0)),
        ),
        init_cfg=init_cfg,
    )
    with pytest.raises(MESpotError, match=r'keys unknown to the stream, e\.g\. layer1\.1'):
        shallow.init_weights()


def test_weights_are_loaded_once_only(zoo_file: tuple[Path, dict[str, Tensor]]) -> None:
    path, _ = zoo_file
    backbone = TwoStreamBackbone(rgb=NARROW, init_cfg=dict(type='Pretrained', checkpoint=str(path)))
    backbone.init_weights()
    path.unlink()
    backbone.init_weights()


def test_averaging_keeps_the_scale() -> None:
    kernel = torch.tensor([1.0, 2.0, 6.0]).view(1, 3, 1, 1, 1)
    assert average_input_channels(kernel, 2).flatten().tolist() == [4.5, 4.5]


def test_the_log_reaches_mmengine(zoo_file: tuple[Path, dict[str, Tensor]]) -> None:
    path, _ = zoo_file
    logger = MMLogger.get_instance('pretrained', log_file=str(path.with_suffix('.log')))
    backbone = TwoStreamBackbone(rgb=NARROW, init_cfg=dict(type='Pretrained', checkpoint=str(path)))
    backbone.init_weights()
    for handler in logger.handlers:
        handler.flush()
    assert 'keys matched from' in path.with_suffix('.log').read_text()


def test_a_mismatch_may_be_allowed_and_is_logged_in_full(
    zoo_file: tuple[Path, dict[str, Tensor]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, weights = zoo_file
    messages: list[str] = []
    monkeypatch.setattr(
        'mmaction_mespot.models.backbones.pretrained.print_log', lambda text, **_: messages.append(text)
    )
    init_cfg = dict(type='Pretrained', checkpoint=str(path), allow_mismatch=True)
    narrow_kernel = dict(base_channels=4, conv1_kernel=(3, 7, 7))
    backbone = TwoStreamBackbone(rgb=narrow_kernel, init_cfg=init_cfg)
    backbone.init_weights()
    assert f'{len(weights) - 1} of {len(weights)} keys matched' in messages[0]
    assert 'allowed: 1 keys of another shape, conv1.conv.weight (4, 3, 5, 7, 7) instead' in messages[0]
    own_start = (2 / (4 * 3 * 7 * 7)) ** 0.5  # Kaiming over the outputs: 4 x 3 x 7 x 7
    assert backbone.streams['rgb'].conv1.conv.weight.std().item() == pytest.approx(own_start, rel=0.1)
    key = 'layer1.0.conv1.conv.weight'
    torch.testing.assert_close(backbone.streams['rgb'].state_dict()[key], weights[key])

    nothing = TwoStreamBackbone(rgb=dict(type='InceptionI3D'), init_cfg=init_cfg)
    with pytest.raises(MESpotError, match='keys missing in the file'):
        nothing.init_weights()


def test_each_stream_may_have_its_own_file_or_none(zoo_file: tuple[Path, dict[str, Tensor]]) -> None:
    path, weights = zoo_file
    init_cfg = dict(type='Pretrained', checkpoint=dict(rgb=str(path)))
    backbone = TwoStreamBackbone(rgb=NARROW, flow=NARROW, init_cfg=init_cfg)
    key = 'layer1.0.conv1.conv.weight'
    backbone.init_weights()
    torch.testing.assert_close(backbone.streams['rgb'].state_dict()[key], weights[key])
    assert not torch.isclose(backbone.streams['flow'].state_dict()[key], weights[key]).any()
    with pytest.raises(
        MESpotError, match=r"checkpoints for \['rgb'\], but the streams in use are \['flow'\]"
    ):
        TwoStreamBackbone(flow=NARROW, init_cfg=init_cfg)


@pytest.mark.parametrize('wrapped', [False, True])
def test_weights_that_a_stream_itself_names(zoo_file: tuple[Path, dict[str, Tensor]], wrapped: bool) -> None:
    path, weights = zoo_file
    bare = path.with_name('bare.pth')
    torch.save(weights, bare)
    named = {**ZOO, 'pretrained': str(bare)}
    rgb = dict(type='StageLevels', backbone=named) if wrapped else named
    backbone = TwoStreamBackbone(rgb=rgb, flow=NARROW)
    backbone.init_weights()
    stream = backbone.streams['rgb'].backbone if wrapped else backbone.streams['rgb']
    assert all(torch.equal(value, weights[key]) for key, value in stream.state_dict().items())
