"""Two heads on the same levels, one with anchors and one without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from mmengine.structures import InstanceData
from torch import Tensor


@MODELS.register_module()
class TwoBranchHead(BaseModule):
    """The anchor-free and the anchor-based branch of LSSNet and LGSNet, trained and heard together.

    As published: both branches see the same levels; the losses are summed; the candidates of both go into one
    suppression. Ours: the branches are :class:`AnchorFreeHead` and :class:`CRNHead` (one anchor per position
    and level in place of five, with its own losses). LSSNet's location suppression is not known and left out.

    Args:
        branches: Configs of the heads.
        init_cfg: Initialisation of MMEngine. Defaults to None.
    """

    def __init__(self, branches: Sequence[dict], init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.branches: Any = torch.nn.ModuleList(MODELS.build(branch) for branch in branches)
        self.num_classes = self.branches[0].num_classes

    def forward(self, features: Sequence[Tensor]) -> list[Any]:
        """Outputs of each branch."""
        return [branch(features) for branch in self.branches]

    def loss(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> dict[str, Tensor]:
        """Losses of both, each by the number of its branch.

        Args:
            features: Levels of the neck.
            data_samples: One data sample per window.

        Returns:
            Such as ``loss_cls_0``, ``loss_cls_1``.
        """
        return {
            f'{name}_{number}': value
            for number, branch in enumerate(self.branches)
            for name, value in branch.loss(features, data_samples).items()
        }

    def predict(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> list[InstanceData]:
        """Candidates of both branches.

        Args:
            features: Levels of the neck.
            data_samples: One data sample per window.

        Returns:
            For each window ``segments``, ``scores`` and ``labels``, by falling score.
        """
        found = []
        for parts in zip(*(branch.predict(features, data_samples) for branch in self.branches), strict=True):
            both = InstanceData.cat(list(parts))
            found.append(both[both.scores.argsort(descending=True, stable=True)])
        return found
