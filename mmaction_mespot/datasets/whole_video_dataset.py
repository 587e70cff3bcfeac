"""The long videos of a prepared data set, each as one window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmaction.datasets.base import BaseActionDataset
from mmaction.registry import DATASETS

from mmaction_mespot.annotations.schema import load_annotations

from .subject_selection import select_subjects


@DATASETS.register_module()
class WholeVideoDataset(BaseActionDataset):
    """Whole videos of a prepared data set, for spotters that look at all of a video at once.

    Each video is one window: it starts at 0, has one position a frame, and as many as the video.

    Args:
        ann_file: The annotation file, below ``data_root``. The streams lie beside it. Defaults to
            'annotations.json'.
        pipeline: Transforms: :class:`LoadVideoFlow` and :class:`PackVideoFlow`.
        data_root: Folder of the prepared data set. Defaults to ''.
        split, fold, include_subjects, exclude_subjects: The people, see :func:`select_subjects`. Default to
            everybody.
        **kwargs: Passed to :class:`BaseActionDataset`, such as ``lazy_init`` and ``indices`` (of videos).

    Raises:
        FileNotFoundError: If the annotation file or a stream of a chosen video is missing.
        MESpotError: If nobody is left.
    """

    def __init__(
        self,
        ann_file: str = 'annotations.json',
        pipeline: Sequence[dict | Callable] = (),
        data_root: str = '',
        split: str | None = None,
        fold: str | None = None,
        include_subjects: str | Sequence[str] | None = None,
        exclude_subjects: str | Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.people: dict[str, Any] = dict(
            split=split, fold=fold, include=include_subjects, exclude=exclude_subjects
        )
        self.part: str | None = None
        super().__init__(
            ann_file,
            pipeline=list(pipeline),
            data_root=data_root,
            data_prefix={},
            test_mode=True,
            serialize_data=False,
            **kwargs,
        )

    def load_data_list(self) -> list[dict]:
        """Read the chosen people's videos."""
        data = load_annotations(self.ann_file)
        metainfo = data['metainfo']
        self.part = metainfo.get('part')
        self._metainfo.setdefault('classes', tuple(metainfo['classes']))
        everybody = [video['subject'] for video in data['data_list']]
        chosen = select_subjects(everybody, self.ann_file, metainfo.get('splits'), **self.people)
        return [video for video in data['data_list'] if video['subject'] in chosen]

    def full_init(self) -> None:
        """Load the annotations and check that the streams are there."""
        if self._fully_initialized:
            return
        super().full_init()
        for transform in self.pipeline.transforms:
            if hasattr(transform, 'check_files'):
                transform.check_files(
                    Path(self.ann_file).parent, [video['video_id'] for video in self.data_list]
                )

    def get_data_info(self, idx: int) -> dict:
        """Give a video.

        Returns:
            Names and rate of the video, ``window_start`` 0, ``frame_interval`` 1, ``clip_len`` (its frames),
            ``frame_inds`` (clip_len,), the ground truth ``video_segments`` (M, 2) in frames and
            ``video_labels`` (M,), and ``store_root``.
        """
        if not self._fully_initialized:
            self.full_init()
        video = self.data_list[idx]
        instances, total = video['instances'], video['total_frames']
        return dict(
            video_id=video['video_id'],
            subject=video['subject'],
            part=self.part,
            fps=float(video['fps']),
            total_frames=total,
            window_start=0,
            frame_interval=1.0,
            clip_len=total,
            frame_inds=np.arange(total),
            video_segments=np.array([item['segment'] for item in instances], np.int64).reshape(-1, 2),
            video_labels=np.array([item['label'] for item in instances], np.int64),
            store_root=Path(self.ann_file).parent,
            sample_idx=idx,
        )
