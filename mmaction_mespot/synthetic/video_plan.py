"""Everything that decides about one synthetic video before a frame is drawn."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from mmaction_mespot.synthetic.camera import Camera
from mmaction_mespot.synthetic.event import Event


@dataclass(frozen=True)
class VideoPlan:
    """Plan of one video.

    Args:
        part: Part of the data set.
        split: `train`, `val` or `test`.
        person: 1-based number of the person.
        index: 0-based number of the video of this person.
        code: 4-digit code of the video, such as `0101`.
        name: Name of the video in the label table, such as `disgust1`.
        title: Free text after the code in the folder's name.
        camera: The camera.
        total_frames: Number of frames.
        head_scale: Factor on the motion of the head.
        drift: Standard deviation of the tonic drift, in inter-ocular distances.
        morph: Whether the expressions are morphs between two stills.
        seed: Seed of the continuous motion (tremor, breathing, drift) and of the sensor.
        events: All events in order of their start.
    """

    part: str
    split: str
    person: int
    index: int
    code: str
    name: str
    title: str
    camera: Camera
    total_frames: int
    head_scale: float
    drift: float
    morph: bool
    seed: int
    events: tuple[Event, ...]

    @property
    def subject(self) -> str:
        """Folder name of the person."""
        return f's{self.person:02d}'

    @property
    def video_id(self) -> str:
        """Subject folder and code, as in the common annotations."""
        return f'{self.subject}_{self.code}'

    @property
    def folder(self) -> str:
        """Folder of the frames below the root."""
        return f'rawpic/{self.subject}/{self.person:02d}_{self.code}{self.title}'

    def as_dict(self) -> dict[str, Any]:
        """The plan as plain JSON data."""
        data = asdict(self)
        data['events'] = [event.as_dict() for event in self.events]
        return {'video_id': self.video_id, 'subject': self.subject, 'frame_dir': self.folder, **data}
