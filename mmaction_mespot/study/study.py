"""The results of a study from Python."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from mmaction_mespot.study.tables import join_meta, read_failures, read_study


class Study:
    """What ``tools/spot.py`` found in a folder of videos.

        study = Study('results')
        study.intervals.groupby(['subject', 'label']).size()
        for interval in study:
            print(interval['video'], interval['label'], interval['onset_s'])

    Args:
        root: The folder of results.
        meta: A CSV of the study's own with a column ``video`` or ``subject``. Defaults to None.

    Attributes:
        intervals: One row per interval.
        videos: One row per video.
        failures: One row per video that failed.

    Raises:
        MESpotError: If the folder or the CSV cannot be used.
    """

    def __init__(self, root: str | Path, meta: str | Path | None = None) -> None:
        self.root = Path(root)
        self.intervals, self.videos = read_study(self.root)
        self.failures: pd.DataFrame = read_failures(self.root)
        if meta is not None:
            self.intervals = join_meta(self.intervals, Path(meta))
            self.videos = join_meta(self.videos, Path(meta))

    def __len__(self) -> int:
        return len(self.intervals)

    def __iter__(self) -> Iterator[dict[Hashable, Any]]:
        """Each interval with its columns, by video and onset."""
        yield from self.intervals.to_dict('records')
