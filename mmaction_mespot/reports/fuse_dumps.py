"""Late fusion of any two methods, from their dumps alone."""

from __future__ import annotations

from dataclasses import replace

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.counts import OVERALL, count_videos
from mmaction_mespot.evaluation.functional.dump import Dump
from mmaction_mespot.evaluation.functional.ranking import best_thresholds
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.postprocess import LateFusion, PostProcessing, fuse_candidates


def fuse_dumps(first: Dump, second: Dump, fusion: LateFusion) -> list[VideoResult]:
    """Fuse the candidates of two methods on the same videos.

    Args:
        first: The method whose intervals and classes stay.
        second: The one whose scores are added.
        fusion: Weight of the second and least IoU of the same event.

    Returns:
        The videos of the first with the fused candidates, before thresholds.

    Raises:
        MESpotError: If the two hold other videos, lengths or labels.
    """
    others = {(video.part, video.video_id): video for video in second.videos}
    names = {(video.part, video.video_id) for video in first.videos}
    if names != set(others):
        differing = sorted(str(name) for name in names ^ set(others))
        raise MESpotError(
            f'two dumps of the same videos expected, in one of them only: {", ".join(differing[:5])}'
        )
    settings = PostProcessing(fusion=fusion)
    fused = []
    for video in first.videos:
        other = others[video.part, video.video_id]
        alike = (
            video.total_frames == other.total_frames and video.segments.tolist() == other.segments.tolist()
        )
        if not alike:
            raise MESpotError(
                f'video {video.video_id} of part {video.part}: the same length and labels in both dumps '
                f'expected, found {video.total_frames} frames with {len(video.segments)} labels and '
                f'{other.total_frames} with {len(other.segments)}'
            )
        found = fuse_candidates(video.detections, other.detections, video.fps, video.total_frames, settings)
        fused.append(replace(video, detections=found))
    return fused


def choose_fusion(first: Dump, second: Dump, weights: list[float], min_iou: float) -> LateFusion:
    """Choose the weight on validation people: the one with the best overall F1 at its own best thresholds.

    Args:
        first: Dump of the first method on the validation people.
        second: The same of the second.
        weights: Weights to try; of equal ones the first stays.
        min_iou: Least IoU of the same event.

    Returns:
        The settings.
    """
    iou = float(first.metainfo['iou_threshold'])

    def quality(weight: float) -> float:
        videos = fuse_dumps(first, second, LateFusion(weight, min_iou))
        return overall_f1(videos, best_thresholds(videos, iou), iou)

    return LateFusion(max(weights, key=quality), min_iou)


def overall_f1(videos: list[VideoResult], thresholds: tuple[float, ...], iou: float) -> float:
    """F1 of all detections that reach the threshold of their class."""
    return count_videos([video.with_thresholds(thresholds) for video in videos], iou)[OVERALL].f1


def fused_dump(
    first: Dump, second: Dump, val_first: Dump, val_second: Dump, weights: list[float], min_iou: float
) -> Dump:
    """Fuse two methods on test people, weight and thresholds chosen on validation people.

    Args:
        first: Dump of the first method on the test people.
        second: The same of the second.
        val_first: Dump of the first method on the validation people.
        val_second: The same of the second.
        weights: Weights of the second to try.
        min_iou: Least IoU of the same event.

    Returns:
        A dump like any other.

    Raises:
        MESpotError: If the dumps of a pair differ in their videos, or a validation person is tested.
    """
    tested = {(video.part, video.video_id) for video in first.videos}
    both = sorted(v.video_id for v in val_first.videos if (v.part, v.video_id) in tested)
    if both:
        raise MESpotError(
            f'thresholds are chosen on other videos than those of the test, found {both[:5]} in both'
        )
    fusion = choose_fusion(val_first, val_second, weights, min_iou)
    iou = float(first.metainfo['iou_threshold'])
    thresholds = best_thresholds(fuse_dumps(val_first, val_second, fusion), iou)
    metainfo = {
        **first.metainfo,
        'thresholds': dict(zip(CLASSES, thresholds, strict=True)),
        'top_threshold': None,
        'threshold_source': 'validation people, after the fusion',
        'post_processing': PostProcessing(fusion=fusion).to_dict(),
    }
    return Dump(metainfo, fuse_dumps(first, second, fusion))
