"""Networks on the flow of landmark regions: what comes before the head."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

import torch
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.face_regions import REGIONS, region_matrix
from mmaction_mespot.models.layers.graph import GraphConv
from mmaction_mespot.models.layers.selective_scan import StateSpaceBlock

from .streams import take_stream

BROWS = (
    'right_brow_outer',
    'right_brow_middle',
    'right_brow_inner',
    'left_brow_inner',
    'left_brow_middle',
    'left_brow_outer',
)
NOSE = ('right_nose_wing', 'left_nose_wing')
MOUTH = ('right_mouth_corner', 'upper_lip', 'left_mouth_corner', 'chin')
TWELVE_REGIONS = (*BROWS, *NOSE, *MOUTH)
"""ABPN's and AUW-GCN's, with the nose wings in place of two points on the back of the nose."""

FIVE_REGIONS = ('right_brow_inner', 'left_brow_inner', 'right_mouth_corner', 'left_mouth_corner', 'chin')
"""Ours for ME-TST, whose five are not known."""


class RegionNetwork(BaseModule):
    """Base of the networks on the flow of landmark regions.

    Args:
        regions: Names out of :data:`~mmaction_mespot.face_regions.REGIONS`.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Attributes:
        regions: As given.
        rows: Their rows in the stream ``flow_roi``.

    Raises:
        MESpotError: If a name is unknown or twice there.
    """

    def __init__(self, regions: Sequence[str], init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        names = list(REGIONS)
        if not regions or len(set(regions)) < len(regions) or not set(regions) <= set(names):
            raise MESpotError(
                f'{type(self).__name__}: regions out of {", ".join(names)} expected, each once, '
                f'found {list(regions)}'
            )
        self.regions = tuple(regions)
        self.rows = [names.index(name) for name in regions]

    def forward(self, inputs: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """Compute one level of full length.

        Args:
            inputs: ``flow`` of shape (N, 2, T, 14, 1), as :class:`RegionsAsPicture` and the packing give it.

        Returns:
            One level (N, channels, T).

        Raises:
            MESpotError: If the flow is not that of the regions.
        """
        flow = take_stream(inputs, 'flow', 2)
        if flow.shape[3:] != (len(REGIONS), 1):
            raise MESpotError(
                f'{type(self).__name__} expects the flow of regions, (N, 2, T, {len(REGIONS)}, 1), found '
                f'{tuple(flow.shape)}: RegionsAsPicture makes it'
            )
        return (self.describe(flow[..., self.rows, 0].permute(0, 2, 3, 1)),)

    @abstractmethod
    def describe(self, flow: Tensor) -> Tensor:
        """The flow (N, T, R, 2) of the regions to features (N, channels, T)."""


class _ConvBlock(nn.Sequential):
    """1-D convolution that keeps the length, batch normalisation, ReLU."""

    def __init__(self, in_channels: int, out_channels: int, kernel: int, dilation: int = 1) -> None:
        super().__init__(
            nn.Conv1d(
                in_channels, out_channels, kernel, padding=(kernel - 1) // 2 * dilation, dilation=dilation
            ),
            nn.BatchNorm1d(out_channels),
            nn.ReLU(inplace=True),
        )


@MODELS.register_module()
class ABPN(RegionNetwork):
    """The layers of ABPN before its last one: weights of the regions, three 1-D convolutions.

    As published: 12 regions by (u, v), softmax weights of the regions, convolutions of kernel 1, 3 and 3 with
    dilation 2, 64 channels, batch normalisation and ReLU after each; the last convolution (kernel 3, dilation
    2, 10 outputs) is in :class:`ApexBoundaryHead`. Ours: the two nose wings in place of two points of the
    nose, and the prepared flow of regions (means of squares, between frames 133 ms apart). The softmax
    weights are scaled to a mean of 1, so that they do not shrink the flow.

    Source: Leng et al., "ABPN: Apex and Boundary Perception Network for Micro- and Macro-Expression
    Spotting", ACM Multimedia 2022.

    Args:
        regions: Names of the regions. Defaults to :data:`TWELVE_REGIONS`.
        channels: Width. Defaults to 64.
        init_cfg: Initialisation of MMEngine. Defaults to None.
    """

    def __init__(
        self,
        regions: Sequence[str] = TWELVE_REGIONS,
        channels: int = 64,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(regions, init_cfg)
        self.weights = nn.Parameter(torch.zeros(len(self.rows)))
        self.convs = nn.Sequential(
            _ConvBlock(2 * len(self.rows), channels, 1),
            _ConvBlock(channels, channels, 3),
            _ConvBlock(channels, channels, 3, dilation=2),
        )

    def describe(self, flow: Tensor) -> Tensor:
        """(N, T, R, 2) to (N, channels, T)."""
        weighed = flow * (len(self.rows) * self.weights.softmax(0))[:, None]
        return self.convs(weighed.flatten(2).transpose(1, 2))


@MODELS.register_module()
class AUWGCN(RegionNetwork):
    """ABPN with a graph layer on a matrix of action units that occur together.

    As published: one graph layer of 2 to 16 features over the 12 regions on a fixed matrix of action units
    that occur together, 192 channels into the convolutions of ABPN. Ours: the regions of :class:`ABPN` and
    the prepared flow; the matrix counts how often two regions move in the same event of the **training
    people** (:func:`~mmaction_mespot.face_regions.region_matrix`; :class:`ActionUnitHook`
    hands their labels over), with which regions a unit moves as a table of ours. Without labels of action
    units all regions are alike.

    Source: Yin et al., "AU-Aware Graph Convolutional Network for Macro- and Micro-Expression Spotting",
    ICME 2023.

    Args:
        regions: Names of the regions. Defaults to :data:`TWELVE_REGIONS`.
        graph_channels: Features of a region after the graph layer. Defaults to 16.
        channels: Width of the convolutions. Defaults to 64.
        init_cfg: Initialisation of MMEngine. Defaults to None.
    """

    def __init__(
        self,
        regions: Sequence[str] = TWELVE_REGIONS,
        graph_channels: int = 16,
        channels: int = 64,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(regions, init_cfg)
        count = len(self.rows)
        self.graph = GraphConv(torch.ones(count, count), 2, graph_channels)
        self.convs = nn.Sequential(
            nn.BatchNorm1d(count * graph_channels),
            nn.ReLU(inplace=True),
            _ConvBlock(count * graph_channels, channels, 1),
            _ConvBlock(channels, channels, 3),
            _ConvBlock(channels, channels, 3, dilation=2),
        )

    def describe(self, flow: Tensor) -> Tensor:
        """(N, T, R, 2) to (N, channels, T)."""
        return self.convs(self.graph(flow).flatten(2).transpose(1, 2))

    def set_action_units(self, action_units: Sequence[str]) -> None:
        """Count the matrix.

        Args:
            action_units: Action units of each event of the training people, as the labels have them.
        """
        self.graph.set_adjacency(torch.from_numpy(region_matrix(action_units, self.regions)))


@MODELS.register_module()
class METST(RegionNetwork):
    """ME-TST: two convolutions and a stack of state-space blocks on five regions.

    As published: 5 regions by (u, v), two convolutions 10 to 64 of kernel 3, 12 state-space blocks (state 64,
    convolution 4, expansion 2), the post-processing of SOFTNet (:class:`PeakHead`). Ours: which regions; the
    selective scan in plain torch, which runs along the whole window in training and along the whole video in
    the test, where the published one slides windows of 30 to 50 frames by half of them; the prepared flow.

    Source: Zou et al., "ME-TST: Micro-expression Analysis via Temporal State Transition with ROI
    Relationship Awareness", 2024.

    Args:
        regions: Names of the regions. Defaults to :data:`FIVE_REGIONS`.
        channels: Width. Defaults to 64.
        depth: State-space blocks. Defaults to 12.
        state: Numbers of state for each inner channel. Defaults to 64.
        init_cfg: Initialisation of MMEngine. Defaults to None.
    """

    def __init__(
        self,
        regions: Sequence[str] = FIVE_REGIONS,
        channels: int = 64,
        depth: int = 12,
        state: int = 64,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(regions, init_cfg)
        self.convs = nn.Sequential(
            _ConvBlock(2 * len(self.rows), channels, 3), _ConvBlock(channels, channels, 3)
        )
        self.blocks = nn.Sequential(*(StateSpaceBlock(channels, state) for _ in range(depth)))
        self.norm = nn.LayerNorm(channels)

    def describe(self, flow: Tensor) -> Tensor:
        """(N, T, R, 2) to (N, channels, T)."""
        sequence = self.convs(flow.flatten(2).transpose(1, 2)).transpose(1, 2)
        return self.norm(self.blocks(sequence)).transpose(1, 2)
