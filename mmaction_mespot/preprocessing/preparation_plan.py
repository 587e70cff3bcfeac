"""What is left to do of a data set, found without changing anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mmaction_mespot.errors import MESpotError

from .preparation_settings import PreparationSettings
from .shard import Shard
from .store.manifest import Manifest
from .video import FrameError
from .video.open import video_fingerprint


@dataclass
class PreparationPlan:
    """The videos of one machine's share, by what has to be done with them.

    Attributes:
        todo: Annotation entries with the settings to use: those asked for, and the streams that a video has.
        done: Ids of the finished videos.
        failed: Ids of the videos with a missing frame, and the reasons.
    """

    todo: list[tuple[dict[str, Any], PreparationSettings]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """Frames to do."""
        return sum(video['total_frames'] for video, _ in self.todo)


def check_videos(annotations: dict[str, Any], settings: PreparationSettings) -> None:
    """Check, before anything is written, that there are videos with ids that the format can hold.

    Raises:
        MESpotError: There is no video, or an id has a blank, which raw frames can't hold.
    """
    videos = annotations['data_list']
    if not videos:
        raise MESpotError('the annotations hold no video')
    blanks = [video['video_id'] for video in videos if len(video['video_id'].split()) != 1]
    if settings.format == 'rawframes' and blanks:
        raise MESpotError(f'format rawframes: the video id {blanks[0]!r} holds a blank')


def plan_preparation(
    annotations: dict[str, Any], manifest: Manifest, settings: PreparationSettings, shard: Shard
) -> PreparationPlan:
    """Compare the frames on disk with the manifest.

    Raises:
        MESpotError: See :func:`check_videos`.
    """
    check_videos(annotations, settings)
    plan = PreparationPlan()
    for video in shard.share(annotations['data_list']):
        video_id = video['video_id']
        try:
            fingerprint = video_fingerprint(video, annotations['metainfo']['source_root'])
        except FrameError as error:
            plan.failed[video_id] = str(error)
            continue
        kept = settings.with_streams_of(manifest.videos.get(video_id), video, fingerprint)
        refused = settings.strict and manifest.videos.get(video_id, {}).get('losses')
        if manifest.is_done(video_id, kept.parameters(video, fingerprint)) and not refused:
            plan.done.append(video_id)
        else:
            plan.todo.append((video, kept))
    return plan
