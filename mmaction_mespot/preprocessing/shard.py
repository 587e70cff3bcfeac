"""One machine's share of a data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmaction_mespot.errors import MESpotError


@dataclass(frozen=True)
class Shard:
    """Part ``index`` of ``count``, from 1.

    The shares depend on the annotations only: each machine finds its own, whatever is done already.

    Raises:
        MESpotError: Not within 1 to ``count``.
    """

    index: int = 1
    count: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.count:
            raise MESpotError(f'shard: found {self}, expected i/n with i from 1 to n')

    def __str__(self) -> str:
        return f'{self.index}/{self.count}'

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``i/n``.

        Raises:
            MESpotError: Another form.
        """
        index, _, count = text.partition('/')
        if not (index.isdecimal() and count.isdecimal()):
            raise MESpotError(f'shard: found {text!r}, expected i/n, such as 1/4')
        return cls(int(index), int(count))

    def share(self, videos: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The videos of this part, in their order; all parts have about equally many frames.

        Longest first, each video goes to the part with the fewest frames so far.

        Args:
            videos: Annotation entries, with ``video_id`` and ``total_frames``.
        """
        frames = [0] * self.count
        mine = set()
        for video in sorted(videos, key=lambda video: (-video['total_frames'], video['video_id'])):
            part = frames.index(min(frames))
            frames[part] += video['total_frames']
            if part == self.index - 1:
                mine.add(video['video_id'])
        return [video for video in videos if video['video_id'] in mine]
