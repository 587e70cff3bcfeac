"""Videos that are sent to the viewer's page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mmaction_mespot.apis.command_line import describe, is_user_error
from mmaction_mespot.atomic_file import numbered_name
from mmaction_mespot.contained import folder_name
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.reporter import SpotReporter
from mmaction_mespot.spotting.videos import SpotOptions, spot_video


class UploadSpotter:
    """Spot a video into a folder of results.

    Args:
        results: The folder of results; each video gets a folder of its own name in it, with ``_2``, ``_3``
            where that is taken.
        make_inferencer: Makes the spotter, when the first video comes.
    """

    def __init__(self, results: Path, make_inferencer: Callable[[], SpottingInferencer]) -> None:
        self.results = results
        self._make_inferencer = make_inferencer
        self._inferencer: SpottingInferencer | None = None

    def __call__(self, video: Path) -> str | None:
        """Spot one video.

        Returns:
            None, or in one line why the video cannot be used.
        """
        folder = self.results / numbered_name(
            folder_name(video.stem, 'video'), lambda name: (self.results / name).exists()
        )
        try:
            if self._inferencer is None:
                self._inferencer = self._make_inferencer()
            options = SpotOptions(self.results)
            spot_video(video, folder, self._inferencer, options, SpotReporter('quiet'))
        except Exception as error:
            if not is_user_error(error):
                raise
            return describe(error)
        return None
