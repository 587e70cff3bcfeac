"""State dicts with the names and shapes of the published Inception-I3D, and its forward pass by the table.

Written from the papers alone (Szegedy et al. 2015, table 1; Carreira and Zisserman 2017, figure 3), with no
part of the package.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

# 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection
TABLE = {
    '3a': (64, 96, 128, 16, 32, 32),
    '3b': (128, 128, 192, 32, 96, 64),
    '4a': (192, 96, 208, 16, 48, 64),
    '4b': (160, 112, 224, 24, 64, 64),
    '4c': (128, 128, 256, 24, 64, 64),
    '4d': (112, 144, 288, 32, 64, 64),
    '4e': (256, 160, 320, 32, 128, 128),
    '5a': (256, 160, 320, 32, 128, 128),
    '5b': (384, 192, 384, 48, 128, 128),
}
INPUTS = dict(zip(TABLE, (192, 256, 480, 512, 512, 512, 528, 832, 832), strict=True))
POOL_AFTER = {'3b': ((3, 3, 3), (2, 2, 2)), '4e': ((2, 2, 2), (2, 2, 2))}

Unit = tuple[str, str, int, int, int]
"""Names of convolution and normalisation, input and output channels, kernel."""


def piergiaj_units() -> list[Unit]:
    """Names as in pytorch_i3d.py: end points of the TensorFlow network, branches b0 to b3b."""
    names = {'3a': '3b', '3b': '3c', '4a': '4b', '4b': '4c', '4c': '4d', '4d': '4e', '4e': '4f'}
    names |= {'5a': '5b', '5b': '5c'}
    stem = ['Conv3d_1a_7x7', 'Conv3d_2b_1x1', 'Conv3d_2c_3x3']
    branches = ['b0', 'b1a', 'b1b', 'b2a', 'b2b', 'b3b']
    full = stem + [f'Mixed_{names[block]}.{branch}' for block in TABLE for branch in branches]
    return _units([(f'{name}.conv3d', f'{name}.bn') for name in full])


def hassony2_units() -> list[Unit]:
    """Names as in src/i3dpt.py."""
    names = {'3a': '3b', '3b': '3c', '4a': '4b', '4b': '4c', '4c': '4d', '4d': '4e', '4e': '4f'}
    names |= {'5a': '5b', '5b': '5c'}
    stem = ['conv3d_1a_7x7', 'conv3d_2b_1x1', 'conv3d_2c_3x3']
    branches = ['branch_0', 'branch_1.0', 'branch_1.1', 'branch_2.0', 'branch_2.1', 'branch_3.1']
    full = stem + [f'mixed_{names[block]}.{branch}' for block in TABLE for branch in branches]
    return _units([(f'{name}.conv3d', f'{name}.batch3d') for name in full])


def mmaction_units() -> list[Unit]:
    """Names as in mmaction 0.x' inception_v1_i3d.py."""
    stem = ['conv1_7x7_s2', 'conv2_3x3_reduce', 'conv2_3x3']
    branches = ['1x1', 'branch1_3x3_reduce', 'branch1_3x3', 'branch2_3x3_reduce', 'branch2_3x3', 'pool_proj']
    full = stem + [f'inception_{block}_{branch}' for block in TABLE for branch in branches]
    return _units([(name, f'{name}_bn') for name in full])


def _units(names: list[tuple[str, str]]) -> list[Unit]:
    shapes = [(3, 64, 7), (64, 64, 1), (64, 192, 3)]
    for block, (one, reduce3, three, reduce5, five, pool) in TABLE.items():
        channels = INPUTS[block]
        shapes += [(channels, one, 1), (channels, reduce3, 1), (reduce3, three, 3)]
        shapes += [(channels, reduce5, 1), (reduce5, five, 3), (channels, pool, 1)]
    return [(*name, *shape) for name, shape in zip(names, shapes, strict=True)]


def state_dict(units: list[Unit], in_channels: int, counter: bool = True) -> dict[str, Tensor]:
    """Random weights; ``counter`` adds what PyTorch counts in a normalisation since 0.4."""
    generator = torch.Generator().manual_seed(5)
    state: dict[str, Tensor] = {}
    for index, (conv, norm, channels, width, kernel) in enumerate(units):
        channels = in_channels if index == 0 else channels
        scale = (2 / (channels * kernel**3)) ** 0.5
        shape = (width, channels, kernel, kernel, kernel)
        state[f'{conv}.weight'] = scale * torch.randn(shape, generator=generator)
        state[f'{norm}.weight'] = 0.5 + torch.rand(width, generator=generator)
        state[f'{norm}.bias'] = 0.1 * torch.randn(width, generator=generator)
        state[f'{norm}.running_mean'] = 0.1 * torch.randn(width, generator=generator)
        # small variances, so that the epsilon counts
        state[f'{norm}.running_var'] = 0.002 + torch.rand(width, generator=generator)
        if counter:
            state[f'{norm}.num_batches_tracked'] = torch.tensor(3)
    return state


def reference_levels(
    state: dict[str, Tensor], units: list[Unit], epsilon: float, video: Tensor
) -> list[Tensor]:
    """Outputs of 3b, 4e and 5b of the table, for sizes of which every stride is a divisor."""
    queue = list(units)

    def unit(feature: Tensor, stride: int = 1) -> Tensor:
        conv, norm, _, _, kernel = queue.pop(0)
        # SAME: kernel - stride in all, the smaller half in front
        total = kernel - stride
        feature = F.pad(feature, [total // 2, total - total // 2] * 3)
        feature = F.conv3d(feature, state[f'{conv}.weight'], stride=stride)
        mean, variance, scale, shift = (
            state[f'{norm}.{key}'][:, None, None, None]
            for key in ('running_mean', 'running_var', 'weight', 'bias')
        )
        return torch.relu((feature - mean) / torch.sqrt(variance + epsilon) * scale + shift)

    def pool(feature: Tensor, kernel: tuple[int, ...], stride: tuple[int, ...]) -> Tensor:
        padding: list[int] = []
        for size, step in zip(reversed(kernel), reversed(stride), strict=True):
            padding += [(size - step) // 2, size - step - (size - step) // 2]
        return F.max_pool3d(F.pad(feature, padding, value=-torch.inf), kernel, stride)

    feature = pool(unit(video, 2), (1, 3, 3), (1, 2, 2))
    feature = pool(unit(unit(feature)), (1, 3, 3), (1, 2, 2))
    levels = []
    for block in TABLE:
        one = unit(feature)
        three = unit(unit(feature))
        five = unit(unit(feature))
        pooled = unit(pool(feature, (3, 3, 3), (1, 1, 1)))
        feature = torch.cat([one, three, five, pooled], dim=1)
        if block in ('3b', '4e', '5b'):
            levels.append(feature)
        if block in POOL_AFTER:
            feature = pool(feature, *POOL_AFTER[block])
    return levels
