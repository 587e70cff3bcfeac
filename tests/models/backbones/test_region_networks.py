from __future__ import annotations

import pytest
import torch
from mmaction.registry import MODELS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.layers.graph import GraphConv
from mmaction_mespot.models.layers.selective_scan import StateSpaceBlock, selective_scan


def flow(length: int = 20, batch: int = 2) -> dict[str, torch.Tensor]:
    return {'flow': torch.randn(batch, 2, length, 14, 1, generator=torch.Generator().manual_seed(0))}


@pytest.mark.parametrize(
    ('config', 'channels'),
    [
        (dict(type='ABPN'), 64),
        (dict(type='AUWGCN'), 64),
        (dict(type='METST', depth=2, state=8), 64),
        (dict(type='SpotFormer', channels=32), 32),
    ],
    ids=lambda value: value['type'] if isinstance(value, dict) else '',
)
def test_shapes_and_the_wrong_flow(config: dict, channels: int) -> None:
    network = MODELS.build(config).eval()
    (level,) = network(flow())
    assert level.shape == (2, channels, 20)
    with pytest.raises(MESpotError, match=r'expects the flow of regions.*found \(2, 2, 20, 12, 12\)'):
        network({'flow': torch.zeros(2, 2, 20, 12, 12)})
    regions = 'parts' if config['type'] == 'SpotFormer' else 'regions'
    with pytest.raises(MESpotError, match='ear'):
        MODELS.build(
            {**config, regions: ['ear'] if regions == 'regions' else [['ear'], ['chin'], ['upper_lip']]}
        )


def test_regions_are_taken_by_name() -> None:
    network = MODELS.build(dict(type='METST', regions=('chin', 'right_brow_inner'), depth=0)).eval()
    network.convs, network.norm = torch.nn.Identity(), torch.nn.Identity()
    inputs = flow(3, 1)
    (level,) = network(inputs)
    picked = inputs['flow'][0, :, :, [13, 0], 0]  # the last and the first region; u and v side by side
    torch.testing.assert_close(level[0], picked.permute(2, 0, 1).flatten(0, 1))


def test_region_weights_of_abpn_are_a_softmax_of_mean_one() -> None:
    network = MODELS.build(dict(type='ABPN', regions=('chin', 'upper_lip', 'left_cheek'))).eval()
    network.convs = torch.nn.Identity()
    inputs = torch.ones(1, 2, 1, 14, 1)
    with torch.no_grad():
        network.weights.copy_(torch.tensor([0.0, 0.0, 2.0]).log().nan_to_num(neginf=0.0))
    (level,) = network({'flow': inputs})
    # exp of (0, 0, log 2): shares 1/4, 1/4, 1/2, times 3; u and v of each region side by side.
    assert level.flatten().tolist() == pytest.approx([0.75, 0.75, 0.75, 0.75, 1.5, 1.5])


def test_graph_layer_takes_the_mean_of_the_neighbours() -> None:
    layer = GraphConv(torch.tensor([[1.0, 3.0], [0.0, 2.0]]), 2, 1)
    with torch.no_grad():
        layer.linear.weight.copy_(torch.tensor([[1.0, 10.0]]))
        layer.linear.bias.fill_(0.5)
    nodes = torch.tensor([[1.0, 0.0], [2.0, 1.0]])
    # Features 1 and 12: (1 * 1 + 3 * 12) / 4 + .5 and 12 + .5.
    assert layer(nodes).flatten().tolist() == pytest.approx([9.75, 12.5])


def test_the_graph_of_auw_gcn_counts_the_action_units() -> None:
    network = MODELS.build(dict(type='AUWGCN', regions=('right_brow_inner', 'left_mouth_corner', 'chin')))
    assert network.graph.adjacency.unique().tolist() == pytest.approx([1 / 3])
    network.set_action_units(['1+L12', '1', '15'])
    # Brow and corner together once; the brow alone once more; corner and chin once; one more on the diagonal.
    expected = torch.tensor([[3.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 2.0]])
    torch.testing.assert_close(network.graph.adjacency, expected / expected.sum(dim=1, keepdim=True))


def test_selective_scan_by_hand() -> None:
    x = torch.tensor([[[1.0], [2.0]]])
    steps = torch.tensor([[[1.0], [0.5]]])
    decay = torch.log(torch.tensor([[0.5, 0.25]]))  # exp(step A): (.5, .25) and their roots
    to_state = torch.tensor([[[1.0, 2.0], [1.0, 0.0]]])
    from_state = torch.tensor([[[1.0, 1.0], [2.0, 4.0]]])
    y = selective_scan(x, steps, decay, to_state, from_state, torch.tensor([10.0]))
    # h1 = (1, 2), y1 = 3 + 10; h2 = (.7071 + 1, .5 * 2), y2 = 2 * 1.7071 + 4 + 20.
    assert y.flatten().tolist() == pytest.approx([13.0, 27.4142], abs=1e-4)


def test_state_space_block_sees_the_past_alone() -> None:
    torch.manual_seed(0)
    block = StateSpaceBlock(8, state=4).eval()
    sequence = torch.randn(1, 12, 8)
    changed = sequence.clone()
    changed[:, 7:] += 1
    first, second = block(sequence), block(changed)
    torch.testing.assert_close(first[:, :7], second[:, :7])
    assert not torch.allclose(first[:, 7:], second[:, 7:])


def test_spotformer_sees_eight_frames_on_both_sides() -> None:
    torch.manual_seed(0)
    network = MODELS.build(dict(type='SpotFormer', channels=16)).eval()
    inputs = flow(40, 1)['flow']
    changed = inputs.clone()
    changed[:, :, 20] += 5
    difference = (network({'flow': inputs})[0] - network({'flow': changed})[0]).abs().sum(dim=1)[0]
    assert difference.nonzero().flatten().tolist() == list(range(12, 29))
    with pytest.raises(MESpotError, match='three parts'):
        MODELS.build(dict(type='SpotFormer', parts=(('chin',), ())))
