from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

# The suite imports by importlib, which leaves the folder of the helper off the path.
sys.path.insert(0, str(Path(__file__).parent))

from i3d_files import (
    Unit,
    hassony2_units,
    mmaction_units,
    piergiaj_units,
    reference_levels,
    state_dict,
)

from mmaction_mespot.apis.convert_i3d import convert_i3d, convert_state_dict
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones import InceptionI3D, TwoStreamBackbone

CLASSIFIERS = {
    'piergiaj': 'logits.conv3d',
    'hassony2': 'conv3d_0c_1x1.conv3d',
    'MMAction': 'cls_head.fc_cls',
}


def with_classifier(state: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    tensors = {f'{name}.weight': torch.zeros(400, 1024, 1, 1, 1), f'{name}.bias': torch.zeros(400)}
    return {**state, **tensors}


@pytest.mark.parametrize(
    ('owner', 'make_units', 'epsilon', 'channels', 'prefix', 'counter'),
    [
        ('piergiaj', piergiaj_units, 1e-3, 3, '', False),
        ('hassony2', hassony2_units, 1e-3, 2, '', True),
        ('MMAction', mmaction_units, 1e-5, 2, 'backbone.', True),
        ('MMAction', mmaction_units, 1e-5, 3, '', True),
    ],
)
def test_the_converted_network_computes_the_table(
    owner: str,
    make_units: Callable[[], list[Unit]],
    epsilon: float,
    channels: int,
    prefix: str,
    counter: bool,
) -> None:
    units = make_units()
    # in double precision, so that only the order of the sums differs
    state = {key: value.double() for key, value in state_dict(units, channels, counter).items()}
    source = with_classifier({prefix + key: value for key, value in state.items()}, CLASSIFIERS[owner])
    conversion = convert_state_dict(source)
    assert conversion.naming.startswith(owner)
    assert conversion.modality == {3: 'rgb', 2: 'flow'}[channels]
    assert conversion.left_aside == (f'{CLASSIFIERS[owner]}.bias', f'{CLASSIFIERS[owner]}.weight')

    network = InceptionI3D(channels).double().eval()
    network.load_state_dict(conversion.weights)
    video = torch.randn(1, channels, 8, 32, 32, dtype=torch.float64)
    with torch.no_grad():
        levels = network(video)
        expected = reference_levels(state, units, epsilon, video)
    for level, wanted in zip(levels, expected, strict=True):
        assert wanted.abs().max() > 0.1
        torch.testing.assert_close(level, wanted, rtol=1e-6, atol=1e-8)


def test_the_tool_writes_what_the_two_streams_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = dict(rgb=tmp_path / 'rgb_imagenet.pt', flow=tmp_path / 'model_flow.pth')
    states = dict(rgb=state_dict(piergiaj_units(), 3, counter=False), flow=state_dict(hassony2_units(), 2))
    # files of old versions of PyTorch have the format from before the zip archives
    torch.save(states['rgb'], sources['rgb'], _use_new_zipfile_serialization=False)
    torch.save(dict(state_dict=states['flow'], epoch=3), sources['flow'])
    out = {name: tmp_path / 'converted' / f'{name}.pth' for name in sources}
    tool = Path(__file__).parents[2] / 'tools' / 'convert_i3d.py'
    for name, source in sources.items():
        monkeypatch.setattr(sys, 'argv', [str(tool), str(source), str(out[name])])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(tool), run_name='__main__')
        assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert '342 keys, all matched; left aside (classifier): none' in printed
    assert 'names of hassony2' in printed and ', flow\n' in printed
    assert sorted(path.name for path in out['rgb'].parent.iterdir()) == ['flow.pth', 'rgb.pth']

    checkpoint = {name: str(path) for name, path in out.items()}
    stream = dict(type='InceptionI3D')
    backbone = TwoStreamBackbone(
        rgb=stream, flow=stream, init_cfg=dict(type='Pretrained', checkpoint=checkpoint)
    )
    backbone.init_weights()
    for name, first in (('rgb', 'Conv3d_1a_7x7.conv3d.weight'), ('flow', 'conv3d_1a_7x7.conv3d.weight')):
        torch.testing.assert_close(backbone.streams[name].conv_1a.conv.weight, states[name][first])


def test_every_key_that_does_not_fit_is_listed() -> None:
    state = state_dict(hassony2_units(), 3)
    del state['mixed_3b.branch_0.batch3d.bias']
    del state['mixed_5c.branch_3.1.conv3d.weight']
    state['mixed_6a.branch_0.conv3d.weight'] = torch.zeros(1)
    state['conv3d_2b_1x1.conv3d.weight'] = torch.zeros(64, 32, 1, 1, 1)
    with pytest.raises(MESpotError) as raised:
        convert_state_dict(state)
    message = str(raised.value)
    assert (
        '2 missing: mixed_3b.branch_0.batch3d.bias, mixed_5c.branch_3.1.conv3d.weight; '
        '1 unknown: mixed_6a.branch_0.conv3d.weight; '
        '1 of another shape: conv3d_2b_1x1.conv3d.weight (64, 32, 1, 1, 1) instead of (64, 64, 1, 1, 1)'
    ) in message


def test_other_files_are_refused(tmp_path: Path) -> None:
    resnet = tmp_path / 'resnet.pth'
    torch.save({'conv1.weight': torch.zeros(1)}, resnet)
    with pytest.raises(MESpotError, match=r'resnet\.pth: unknown names.*the first keys are conv1\.weight'):
        convert_i3d(resnet, tmp_path / 'out.pth')
    other = tmp_path / 'other.pth'
    torch.save({'accuracy': 0.5}, other)
    with pytest.raises(MESpotError, match=r'other\.pth: expected a state dict'):
        convert_i3d(other, tmp_path / 'out.pth')
    network = tmp_path / 'network.pth'
    torch.save(torch.nn.Linear(1, 1), network)
    with pytest.raises(MESpotError, match='refused, since it holds'):
        convert_i3d(network, tmp_path / 'out.pth')
    grey = state_dict(piergiaj_units(), 1)
    with pytest.raises(MESpotError, match=r'3 or 2, 7, 7, 7\), found \(64, 1, 7, 7, 7\)'):
        convert_state_dict(grey)
    assert not (tmp_path / 'out.pth').exists()
