"""What all data sets on a prepared folder share: the people, and the streams beside the annotation file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmaction.datasets.base import BaseActionDataset

from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.preprocessing.preparation_settings import TARGET_FPS, PreparationSettings
from mmaction_mespot.preprocessing.store.store_reader import StreamReader

from .subject_selection import select_subjects
from .window_geometry import visible_segments
from .window_sampler import VideoEvents


class PreparedDataset(BaseActionDataset):
    """The videos of chosen people in a prepared data set (what ``tools/prepare.py`` writes).

    Args:
        ann_file: The annotation file, below ``data_root``. The streams lie beside it. Defaults to
            'annotations.json'.
        pipeline: Transforms; those with ``check_files`` are asked for the streams of the chosen videos.
        data_root: Folder of the prepared data set. Defaults to ''.
        split, fold, include_subjects, exclude_subjects: The people, see :func:`select_subjects`. Default to
            everybody.
        **kwargs: Passed to :class:`BaseActionDataset`, such as ``lazy_init`` and ``indices`` (of videos).

    Attributes:
        people: Options of :func:`select_subjects`.
        part: Part of a set of several that this one is, or None.
        events: Length, rate and ground truth of each video, once the annotations are loaded.

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
            serialize_data=False,
            **kwargs,
        )

    @property
    def store_root(self) -> Path:
        """Folder of the streams."""
        return Path(self.ann_file).parent

    def load_data_list(self) -> list[dict]:
        """Read the chosen people's videos."""
        data = load_annotations(self.ann_file)
        metainfo = data['metainfo']
        self.part = metainfo.get('part')
        self._metainfo.setdefault('classes', tuple(metainfo['classes']))
        everybody = [video['subject'] for video in data['data_list']]
        chosen = select_subjects(everybody, self.ann_file, metainfo.get('splits'), **self.people)
        return [video for video in data['data_list'] if video['subject'] in chosen]

    def preparation(self) -> dict[str, Any]:
        """How the first video's streams were prepared, as their files say.

        Returns:
            ``streams`` (their names), ``crop_size``, ``target_fps``, ``reference``, and with a flow stream
            ``flow_method`` and ``flow_gap`` (None for the usual time); empty if no stream is read. What a
            file of an older version does not say is left out.
        """
        self.full_init()
        found: dict[str, Any] = {}
        read = [getattr(transform, 'streams', None) for transform in self.pipeline.transforms]
        names = [name for streams in read if isinstance(streams, Mapping) for name in streams.values()]
        for name in names if self.data_list else ():
            path = self.store_root / name / f'{self.data_list[0]["video_id"]}.h5'
            if not path.is_file():
                continue
            attrs = StreamReader(path).attrs
            found['streams'] = sorted({*found.get('streams', ()), name})
            if 'crop_size' in attrs:
                found['crop_size'] = int(attrs['crop_size'])
            if 'target_fps' in attrs:
                found['target_fps'] = float(attrs['target_fps'])
            if 'reference' in attrs:
                found['reference'] = str(attrs['reference'])
            if {'method', 'gap', 'fps'} <= set(attrs):
                gap, usual = int(attrs['gap']), _usual_gap(attrs)
                found |= {'flow_method': str(attrs['method']), 'flow_gap': None if gap == usual else gap}
        return found

    def full_init(self) -> None:
        """Load the annotations and check that the streams are there."""
        if self._fully_initialized:
            return
        super().full_init()
        self.events = [VideoEvents.from_annotation(video) for video in self.data_list]
        for transform in self.pipeline.transforms:
            if hasattr(transform, 'check_files'):
                transform.check_files(self.store_root, [video['video_id'] for video in self.data_list])

    def describe_window(
        self, index: int, start: float, interval: float, frames: np.ndarray, clip_len: int, min_visible: float
    ) -> dict[str, Any]:
        """What the pipeline learns about a window.

        Args:
            index: Of its video.
            start: Its first entry of the streams.
            interval: Entries from one position to the next.
            frames: The entries that are read, int64.
            clip_len: Its positions, without those of a context.
            min_visible: Share of an event that has to lie in it to count as its ground truth.

        Returns:
            Names and rate of the video, ``window_start``, ``frame_interval``, ``clip_len``, ``frame_inds``,
            the ground truth of the window (``gt_segments`` (N, 2) in window instants, ``gt_labels`` (N,)) and
            of the video (``video_segments`` (M, 2) in entries, ``video_labels`` (M,)), the ``grid`` that
            leads back to the video's own frames, and ``store_root``.
        """
        video, events = self.data_list[index], self.events[index]
        segments, visible = visible_segments(events.segments, start, interval, clip_len, min_visible)
        return dict(
            video_id=video['video_id'],
            subject=video['subject'],
            part=self.part,
            fps=events.fps,
            total_frames=events.total_frames,
            window_start=start,
            frame_interval=interval,
            clip_len=clip_len,
            frame_inds=frames,
            gt_segments=segments,
            gt_labels=events.labels[visible],
            video_segments=events.segments,
            video_labels=events.labels,
            grid=events.grid,
            store_root=self.store_root,
        )


def _usual_gap(attrs: Mapping[str, Any]) -> int:
    """The gap that a stream has by default."""
    target_fps = float(attrs.get('target_fps', TARGET_FPS))
    return PreparationSettings(target_fps=target_fps).gap(float(attrs['fps']))
