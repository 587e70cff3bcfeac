"""From the raw candidates of every window to the intervals of a video: the one way for all callers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES, Detections, WindowCandidates
from mmaction_mespot.intervals.late_fusion import LateFusion, fuse_detections
from mmaction_mespot.intervals.nms import cross_class_suppression, hard_nms, soft_nms, weighted_nms
from mmaction_mespot.intervals.selection import apply_thresholds, by_score, keep_top_fraction

__all__ = [
    'PostProcessing',
    'WindowCandidates',
    'apply_thresholds',
    'fuse_candidates',
    'keep_top_fraction',
    'merge_windows',
]

NMS_MODES = ('hard', 'soft', 'weighted')


@dataclass(frozen=True)
class PostProcessing:
    """Settings of :func:`merge_windows`; the pairs are (MaE, ME).

    Attributes:
        nms_mode: ``'hard'``, ``'soft'`` (Gaussian) or ``'weighted'`` (boundaries averaged by score).
        nms_iou: Candidates of one class with a greater IoU are one event (hard, weighted).
        soft_sigma: Width of the Gaussian of soft NMS.
        soft_min_score: Candidates that soft NMS decays below this are dropped.
        cross_class_ioa: A weaker candidate of the other class goes if its intersection over the shorter one
            is at least this. A value above 1 turns this off.
        min_length_s: Shortest candidates, seconds. The defaults let through all that can reach an IoU of 0.5
            with an event of ordinary length (MaE from 0.4 s, ME from 0.2 s to 0.5 s).
        max_length_s: Longest candidates, seconds.
        edge_fraction: Share of a window at each inner border in which a candidate's centre is not trusted, if
            another window sees it further from its border.
        pre_nms_top_k: Best candidates of each class that enter NMS.
        max_per_video: Best candidates that leave.
        fusion: Settings of a late fusion with a spotter without training (a dict of the fields of
            :class:`LateFusion` will do), or None.

    Raises:
        MESpotError: If a setting is out of its range.
    """

    nms_mode: str = 'hard'
    nms_iou: float = 0.3
    soft_sigma: float = 0.5
    soft_min_score: float = 1e-3
    cross_class_ioa: float = 0.4
    min_length_s: tuple[float, float] = (0.2, 0.1)
    max_length_s: tuple[float, float] = (10.0, 1.0)
    edge_fraction: float = 0.15
    pre_nms_top_k: int = 2000
    max_per_video: int = 500
    fusion: LateFusion | None = None

    def __post_init__(self) -> None:
        if isinstance(self.fusion, Mapping):
            object.__setattr__(self, 'fusion', _from_dict(LateFusion, self.fusion, 'fusion'))
        if self.nms_mode not in NMS_MODES:
            raise MESpotError(
                f'post_processing: nms_mode must be one of {NMS_MODES}, found {self.nms_mode!r}'
            )
        for name in ('min_length_s', 'max_length_s'):
            value = getattr(self, name)
            if not isinstance(value, Sequence) or len(value) != len(CLASSES):
                raise MESpotError(
                    f'post_processing: {name} needs seconds for each of {CLASSES}, found {value!r}'
                )
            object.__setattr__(self, name, tuple(float(v) for v in value))
        for name, low, high in (
            ('nms_iou', 0.0, 1.0),
            ('soft_min_score', 0.0, math.inf),
            ('cross_class_ioa', 1e-9, math.inf),
            ('edge_fraction', 0.0, 0.5),
            ('soft_sigma', 1e-9, math.inf),
            ('pre_nms_top_k', 1, math.inf),
            ('max_per_video', 1, math.inf),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise MESpotError(f'post_processing: {name} must lie in [{low:g}, {high:g}], found {value!r}')

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any] | None) -> PostProcessing:
        """Build the settings from a config's dict.

        Raises:
            MESpotError: If a key is unknown; the message lists the known ones.
        """
        return _from_dict(cls, settings or {}, 'post_processing')

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain JSON types; :meth:`from_dict` reads them back."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }


def merge_windows(
    windows: Sequence[WindowCandidates], fps: float, total_frames: int, cfg: PostProcessing
) -> Detections:
    """Merge the candidates of all windows of one video.

    In this order: candidates at the inner border of a window that another window sees better are dropped;
    the rest is clipped into the video, limited in length and number, suppressed within and then across the
    classes. No score threshold is applied. The order of the windows and of their candidates does not matter.

    Args:
        windows: Windows of one video, each with its candidates in the video's frames.
        fps: Frames per second of the video.
        total_frames: Frames of the video.
        cfg: The settings.

    Returns:
        The video's candidates by falling score.

    Raises:
        MESpotError: If a score or boundary is not finite (a diverged network), or a label is unknown.
    """
    merged = Detections.concatenate([window.detections for window in windows])
    if not (np.isfinite(merged.segments).all() and np.isfinite(merged.scores).all()):
        raise MESpotError(
            'candidates hold boundaries or scores that are not finite: has the training diverged?'
        )
    if not np.isin(merged.labels, range(len(CLASSES))).all():
        raise MESpotError(
            f'labels must be 0..{len(CLASSES) - 1}, found {sorted(set(merged.labels.tolist()))}'
        )
    merged = merged[_trusted(merged, windows, total_frames, cfg.edge_fraction)]
    merged = Detections(np.clip(merged.segments, 0, total_frames), merged.scores, merged.labels)
    lengths_s = (merged.segments[:, 1] - merged.segments[:, 0]) / fps
    low, high = np.array(cfg.min_length_s)[merged.labels], np.array(cfg.max_length_s)[merged.labels]
    merged = merged[(lengths_s > 0) & (lengths_s >= low) & (lengths_s <= high)]
    merged = by_score(merged)
    ranks = np.zeros(len(merged), dtype=np.int64)
    for label in range(len(CLASSES)):
        own = merged.labels == label
        ranks[own] = np.arange(own.sum())
    return _suppress(merged[ranks < cfg.pre_nms_top_k], cfg)[: cfg.max_per_video]


def fuse_candidates(
    network: Detections, spotter: Detections, fps: float, total_frames: int, cfg: PostProcessing
) -> Detections:
    """Fuse the merged candidates of a network with those of a spotter, by ``cfg.fusion``; merge the union.

    Returns:
        The video's candidates by falling score; thresholds have to be chosen anew.

    Raises:
        MESpotError: If the settings have no fusion.
    """
    if cfg.fusion is None:
        raise MESpotError('post_processing: fusion expected, found none')
    fused = fuse_detections(network, spotter, cfg.fusion)
    return merge_windows([WindowCandidates(fused, 0, total_frames)], fps, total_frames, cfg)


def _from_dict(cls: type[Any], settings: Mapping[str, Any], name: str) -> Any:
    """Build a dataclass from a config's dict."""
    known = [field.name for field in fields(cls)]
    unknown = sorted(set(settings) - set(known))
    if unknown:
        raise MESpotError(f'{name}: unknown keys {unknown}, expected some of {known}')
    return cls(**settings)


def _trusted(
    merged: Detections, windows: Sequence[WindowCandidates], total_frames: int, edge_fraction: float
) -> np.ndarray:
    """Mask of the candidates that no other window sees better; ``merged`` is in the order of the windows."""
    if not windows:
        return np.zeros(0, dtype=bool)
    starts = np.array([window.start for window in windows], dtype=np.float64)
    ends = np.array([window.end for window in windows], dtype=np.float64)
    margins = edge_fraction * (ends - starts)
    centres = merged.segments.mean(axis=1)
    # How deep a centre lies in a window, (candidates, windows); the video's own borders cut nothing off.
    left = np.where(starts <= 0, np.inf, centres[:, None] - starts)
    right = np.where(ends >= total_frames, np.inf, ends - centres[:, None])
    depth = np.minimum(left, right)
    owner = np.repeat(np.arange(len(windows)), [len(window.detections) for window in windows])
    own = depth[np.arange(len(merged)), owner]
    return (own >= margins[owner]) | (own >= depth.max(axis=1))


def _suppress(detections: Detections, cfg: PostProcessing) -> Detections:
    """NMS within the classes, then across them."""
    segments, scores, labels = detections.segments, detections.scores, detections.labels
    if cfg.nms_mode == 'hard':
        keep = hard_nms(segments, scores, labels, cfg.nms_iou)
        segments, scores, labels = segments[keep], scores[keep], labels[keep]
    elif cfg.nms_mode == 'weighted':
        keep, segments = weighted_nms(segments, scores, labels, cfg.nms_iou)
        scores, labels = scores[keep], labels[keep]
    else:
        keep, scores = soft_nms(segments, scores, labels, cfg.soft_sigma, cfg.soft_min_score)
        segments, labels = segments[keep], labels[keep]
    keep = cross_class_suppression(segments, scores, labels, cfg.cross_class_ioa)
    return Detections(segments[keep], scores[keep], labels[keep])
