"""``proposals.npz``: all that a spotter considered in a video, for a fine-tuning by reviewed intervals.

A few hundred small rows per minute: intervals with scores of the spotter as it was trained, and what it knows
of each of them.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import ME, Detections, Proposals, WindowCandidates
from mmaction_mespot.intervals.postprocess import PostProcessing, merge_windows
from mmaction_mespot.spotters.movement import MOVEMENT, best_movements

PROPOSALS = 'proposals.npz'
LEAST_SCORE = 0.002
"""Lower scores are not kept: no review of some minutes lifts them over a threshold."""
MOST_PER_S = 8
"""Most proposals that are kept of a second of a window, the best ones."""
PLAIN_FEATURES = 3
"""How many :func:`plain_features` there are."""
_FORMAT, _VERSION = 'mmaction_mespot.proposals', 1
Choose = Callable[[Detections], Detections]
"""Chooses the candidates of a window among the proposals."""


def take_all(found: Detections) -> Detections:
    """Every proposal is a candidate."""
    return found


def choice_of(origin: Origin) -> Choose:
    """How a spotter chooses its candidates."""
    return best_movements if origin.model == MOVEMENT else take_all


@dataclass(frozen=True)
class Origin:
    """The spotter that the scores come from, before anything was adapted.

    Attributes:
        model: Its name, or its config file.
        checkpoint: Its checkpoint file; None where the name says it.
        sha256: Of its weights; empty where it has none.
    """

    model: str
    checkpoint: str | None = None
    sha256: str = ''


@dataclass(frozen=True)
class FaceProposals:
    """Proposals of one face, in positions of the working grid.

    Attributes:
        windows: Start and end of each window, (w, 2).
        owner: Window of each proposal, rising, int64 (m,).
        detections: Intervals, scores and classes, m of them.
        features: (m, k).
    """

    windows: np.ndarray
    owner: np.ndarray
    detections: Detections
    features: np.ndarray

    @classmethod
    def of_windows(cls, windows: Sequence[tuple[float, float, Proposals]]) -> FaceProposals:
        """Join the windows of one face: start, end, and what :func:`best_proposals` kept."""
        parts = [told for _, _, told in windows]
        counts = [len(told.detections) for told in parts]
        features = [told.features for told in parts]
        return cls(
            np.array([(start, end) for start, end, _ in windows], dtype=np.float64).reshape(-1, 2),
            np.repeat(np.arange(len(windows)), counts),
            Detections.concatenate([told.detections for told in parts]),
            np.concatenate(features) if features else np.zeros((0, PLAIN_FEATURES), dtype=np.float16),
        )

    def merged(
        self,
        scores: np.ndarray,
        choose: Choose,
        fps: float,
        total: int,
        post_processing: PostProcessing,
    ) -> Detections:
        """The candidates of the face with other scores, as spotting would merge them.

        Args:
            scores: A score for each proposal, (m,).
            choose: How the spotter chooses among those of a window.
            fps: Positions per second.
            total: Positions of the video.
            post_processing: Settings of the merging.
        """
        windows = []
        for number, (start, end) in enumerate(self.windows):
            own = self.owner == number
            found = Detections(self.detections.segments[own], scores[own], self.detections.labels[own])
            windows.append(WindowCandidates(choose(found), start, end))
        return merge_windows(windows, fps, max(total, 1), post_processing)


def proposals_of(window: WindowCandidates, fps: float) -> Proposals:
    """The proposals of a window; without any its candidates, with :func:`plain_features`."""
    if window.proposals is not None:
        return window.proposals
    return Proposals(window.detections, plain_features(window.detections, fps))


def best_proposals(window: WindowCandidates, fps: float) -> Proposals:
    """The best proposals of a window, with features in half precision."""
    told = proposals_of(window, fps)
    most = int(np.ceil(MOST_PER_S * (window.end - window.start) / fps))
    best = np.argsort(-told.detections.scores, kind='stable')[:most]
    best = best[told.detections.scores[best] >= LEAST_SCORE]
    return Proposals(told.detections[best], told.features[best].astype(np.float16))


def plain_features(found: Detections, fps: float) -> np.ndarray:
    """What any interval tells: log of its seconds, the square of that, whether it is an ME; (n, 3)."""
    seconds = np.log(np.maximum(np.ptp(found.segments, axis=1) / fps, 1e-3))
    return np.stack([seconds, seconds**2, found.labels == ME], axis=1).astype(np.float64)


@dataclass(frozen=True)
class VideoProposals:
    """Proposals of a video.

    Attributes:
        origin: The spotter.
        fps: Positions per second of the working grid.
        time_s: Time stamp of each position, (n,).
        source_index: Frame of the video at each position, (n,).
        post_processing: Settings of the merging.
        faces: Those of each face.
    """

    origin: Origin
    fps: float
    time_s: np.ndarray
    source_index: np.ndarray
    post_processing: PostProcessing
    faces: Sequence[FaceProposals]

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        about = {
            'format': _FORMAT,
            'version': _VERSION,
            'origin': asdict(self.origin),
            'fps': self.fps,
            'post_processing': self.post_processing.to_dict(),
        }
        arrays: dict[str, np.ndarray] = {
            'about': np.array(json.dumps(about)),
            'time_s': self.time_s,
            'source_index': self.source_index,
        }
        for number, face in enumerate(self.faces):
            found = face.detections
            arrays |= {
                f'face{number}_windows': face.windows,
                f'face{number}_owner': face.owner.astype(np.int32),
                f'face{number}_segments': found.segments,
                f'face{number}_scores': found.scores.astype(np.float32),
                f'face{number}_labels': found.labels.astype(np.int8),
                f'face{number}_features': face.features.astype(np.float16),
            }
        with whole_file(path) as temporary, temporary.open('wb') as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]

    @classmethod
    def read(cls, path: Path) -> VideoProposals:
        """Read a file of :meth:`write`.

        Raises:
            MESpotError: If it is missing or none.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                arrays = {name: data[name] for name in data.files}
            about = json.loads(str(arrays['about']))
            if (about['format'], about['version']) != (_FORMAT, _VERSION):
                raise ValueError(f'format {about["format"]!r}, version {about["version"]!r}')
            count = sum(name.endswith('_windows') for name in arrays)
            return cls(
                Origin(**about['origin']),
                float(about['fps']),
                arrays['time_s'],
                arrays['source_index'],
                PostProcessing.from_dict(about['post_processing']),
                [_face(arrays, f'face{number}_') for number in range(count)],
            )
        except FileNotFoundError as error:
            raise MESpotError(f'{path}: no such file; tools/spot.py --redo makes it') from error
        except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise MESpotError(f'{path}: expected the proposals of tools/spot.py ({error!r})') from error


def _face(arrays: Mapping[str, np.ndarray], prefix: str) -> FaceProposals:
    found = Detections(*(arrays[f'{prefix}{name}'] for name in ('segments', 'scores', 'labels')))
    owner, features = arrays[f'{prefix}owner'].astype(np.int64), arrays[f'{prefix}features']
    windows = arrays[f'{prefix}windows']
    if not len(owner) == len(features) == len(found) or owner.max(initial=-1) >= len(windows):
        raise ValueError(f'{len(found)} proposals, {len(owner)} windows of them, {len(features)} features')
    return FaceProposals(windows, owner, found, features.astype(np.float64))


def joined(videos: Iterable[VideoProposals]) -> VideoProposals:
    """The faces of one video in one."""
    videos = list(videos)
    first = videos[0]
    faces = [face for video in videos for face in video.faces]
    return VideoProposals(
        first.origin, first.fps, first.time_s, first.source_index, first.post_processing, faces
    )
