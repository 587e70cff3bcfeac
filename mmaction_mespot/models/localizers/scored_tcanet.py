"""TCANet whose refined proposals keep their scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from mmaction.models.localizers.tcanet import TCANet
from mmaction.models.localizers.utils import post_processing
from mmaction.registry import MODELS
from torch import Tensor


@MODELS.register_module()
class ScoredTCANet(TCANet):
    """MMAction2's TCANet with the scores of the proposals kept in its predictions.

    MMAction2 1.2.0 reads the scores as a view of the proposals and then writes the sample's index over them:
    for the first sample all refined proposals score 0, and their order is lost. Weights, losses and names are
    those of :class:`TCANet`; it ends with an MMAction2 that copies the scores. Answers for a batch of any
    size.
    """

    def predict(self, batch_inputs: Tensor, batch_data_samples: Sequence[Any], **kwargs: Any) -> list[dict]:
        """Refine the proposals of every window in three steps.

        Args:
            batch_inputs: Features (N, C, T).
            batch_data_samples: Data samples with ``proposals`` (P, 3): start, end (shares of the window) and
                score.
            **kwargs: Not used; part of the interface.

        Returns:
            For each window ``video_name`` and ``proposal_list``, as of MMAction2's localizers: the proposals
            of all three steps with the product of their score and the predicted IoU, after soft NMS.
        """
        outputs = []
        for feature, sample in zip(self._forward(batch_inputs), batch_data_samples, strict=True):
            proposals = sample.proposals['proposals'].to(feature)
            boundaries, scores = proposals[:, :2], proposals[:, 2]
            features = feature.expand(len(proposals), -1, -1)
            refined = []
            for step, threshold in ((self.tbr1, 0.5), (self.tbr2, 0.6), (self.tbr3, 0.7)):
                iou, boundaries = step(boundaries, features, None, threshold, False)[:2]
                refined.append(torch.cat([boundaries, (scores * iou)[:, None]], dim=1))
            info = sample.metainfo
            found = post_processing(
                torch.cat(refined).cpu().numpy(),
                info,
                self.soft_nms_alpha,
                self.soft_nms_low_threshold,
                self.soft_nms_high_threshold,
                self.post_process_top_k,
                self.feature_extraction_interval,
            )
            outputs.append(dict(video_name=info['video_name'], proposal_list=found))
        return outputs
