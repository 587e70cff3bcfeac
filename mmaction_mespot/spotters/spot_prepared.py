"""A spotter without training on a prepared data set, with the same results as a network's test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.datasets.subject_selection import select_subjects
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import Dump
from mmaction_mespot.evaluation.functional.thresholds import best_thresholds
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.postprocess import PostProcessing, WindowCandidates, merge_windows
from mmaction_mespot.preprocessing.store_reader import StreamReader
from mmaction_mespot.spotters.optical_flow import OpticalFlowSpotter

STREAM = 'flow_roi'


def spot_split(
    roots: Sequence[str | Path], split: str, spotter: OpticalFlowSpotter, post_processing: PostProcessing
) -> list[VideoResult]:
    """Spot the videos of one split.

    Args:
        roots: Prepared data sets with the stream ``flow_roi``; those without people in the split are left
            out.
        split: Name of the split.
        spotter: The spotter.
        post_processing: Settings of the merging, as for a network.

    Returns:
        The videos with all their candidates.

    Raises:
        FileNotFoundError: If a data set or its stream is not there.
        MESpotError: If none of the data sets has people in the split.
    """
    videos = []
    for root in map(Path, roots):
        data = load_annotations(root / 'annotations.json')
        splits = data['metainfo'].get('splits') or {}
        if splits.get(split):
            origin = str(root / 'annotations.json')
            people = select_subjects((entry['subject'] for entry in data['data_list']), origin, splits, split)
            chosen = [entry for entry in data['data_list'] if entry['subject'] in people]
            part = data['metainfo'].get('part')
            videos += [spot_video(root, entry, part, spotter, post_processing) for entry in chosen]
    if not videos:
        named = ', '.join(map(str, roots))
        raise MESpotError(f'{named}: expected videos of people in the split {split!r}, found none')
    return videos


def spot_video(
    root: Path,
    entry: dict[str, Any],
    part: str | None,
    spotter: OpticalFlowSpotter,
    post_processing: PostProcessing,
) -> VideoResult:
    """Spot one prepared video.

    Args:
        root: The prepared data set.
        entry: The video's annotation.
        part: Name of the part of the data set, or None.
        spotter: The spotter.
        post_processing: Settings of the merging.

    Returns:
        The video with all its candidates.
    """
    reader = StreamReader(root / STREAM / f'{entry["video_id"]}.h5', STREAM)
    fps, total = float(entry['fps']), len(reader)
    flow = reader.read(np.arange(total), remove_head_motion=True)
    found = spotter.spot(flow, fps, int(reader.attrs['gap']))
    reader.close()
    return VideoResult(
        entry['video_id'],
        entry['subject'],
        part,
        fps,
        total,
        np.array([instance['segment'] for instance in entry['instances']], dtype=np.float64),
        np.array([instance['label'] for instance in entry['instances']], dtype=np.int64),
        merge_windows([WindowCandidates(found, 0, total)], fps, total, post_processing),
    )


def spot_dataset(
    roots: Sequence[str | Path],
    spotter: OpticalFlowSpotter,
    post_processing: PostProcessing,
    tune_split: str = 'val',
    split: str = 'test',
    iou_threshold: float = 0.5,
) -> Dump:
    """Choose the thresholds on one split and spot another one.

    Args:
        roots: Prepared data sets (the parts of a benchmark).
        spotter: The spotter.
        post_processing: Settings of the merging.
        tune_split: Split on which each class's threshold gives the best F1.
        split: Split whose videos make the results.
        iou_threshold: Smallest IoU of a match.

    Returns:
        The results, as of a network's test.

    Raises:
        FileNotFoundError: If a data set or its stream is not there.
        MESpotError: If one of the splits is empty.
    """
    tuned = spot_split(roots, tune_split, spotter, post_processing)
    thresholds = best_thresholds(tuned, iou_threshold)
    metainfo = {
        'classes': list(CLASSES),
        'thresholds': dict(zip(CLASSES, thresholds, strict=True)),
        'top_threshold': None,
        'threshold_source': f'best F1 on the split {tune_split}',
        'iou_threshold': iou_threshold,
        'post_processing': post_processing.to_dict(),
    }
    return Dump(metainfo, spot_split(roots, split, spotter, post_processing))
