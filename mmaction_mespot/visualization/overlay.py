"""A video with the face box, a moving timeline and the found intervals, as an MP4 that browsers play."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.visualization.style import CLASS_COLOURS
from mmaction_mespot.visualization.video_timeline import TimelineBar

MIN_WIDTH, MAX_WIDTH = 480, 1280
"""Narrower videos are enlarged (the timeline must be readable), wider ones reduced."""

STRIP_SHARE = 0.22
"""Height of the timeline as a share of the width."""

BOX_COLOUR, LOST_COLOUR, CURSOR_COLOUR = (240, 240, 240), (150, 150, 150), (20, 20, 20)
ENCODERS = ('libx264', 'libopenh264')


class OverlayPainter:
    """Paints the frames of an overlay.

    Args:
        size: Width and height of the video's frames in px.
        duration_s: Its length in seconds.
        bars: What was found, by time.
        time_s: Times of the curves, (n,).
        curves: Score of each class over time, (2, n).
        thresholds: Smallest score of each class.
    """

    def __init__(
        self,
        size: tuple[int, int],
        duration_s: float,
        bars: Sequence[TimelineBar],
        time_s: np.ndarray,
        curves: np.ndarray,
        thresholds: Sequence[float],
    ) -> None:
        self.scale = min(max(size[0], MIN_WIDTH), MAX_WIDTH) / size[0]
        # H.264 wants even sides.
        self.width, self.height = (max(2, round(side * self.scale / 2) * 2) for side in size)
        self.bars = list(bars)
        self._duration_s = duration_s
        self._strip, self._left, self._right = _strip(
            self.width, duration_s, bars, time_s, curves, thresholds
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the painted frames."""
        return self.width, self.height + len(self._strip)

    def paint(self, image: np.ndarray, time_s: float, boxes: Iterable[np.ndarray]) -> np.ndarray:
        """Paint one frame.

        Args:
            image: The frame, (H, W, 3) RGB uint8.
            time_s: Its time.
            boxes: Left, top, right, bottom in px of the frame and 1 where the face is seen, of each face.

        Returns:
            The frame above the timeline, RGB uint8.
        """
        shrinks = self.scale < 1
        picture = cv2.resize(
            image, (self.width, self.height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        )
        active = [bar for bar in self.bars if bar.start_s - 1e-6 <= time_s <= bar.end_s + 1e-6]
        for box in boxes:
            self._paint_box(picture, box, active)
        for row, bar in enumerate(active):
            text = f'{CLASSES[bar.label]} {bar.score:.2f}  {bar.start_s:.2f}-{bar.end_s:.2f} s'
            _paint_text(picture, text, (10, 28 + 26 * row), _rgb(bar.label))
        strip = self._strip.copy()
        share = min(time_s / max(self._duration_s, 1e-6), 1.0)
        x = round(self._left + share * (self._right - self._left))
        cv2.line(strip, (x, 0), (x, len(strip) - 1), CURSOR_COLOUR, 2)
        return np.concatenate([picture, strip])

    def _paint_box(self, picture: np.ndarray, box: np.ndarray, active: Sequence[TimelineBar]) -> None:
        seen = box[4] > 0
        colour = _rgb(active[0].label) if active and seen else BOX_COLOUR if seen else LOST_COLOUR
        if not np.isfinite(box).all():
            return
        left, top, right, bottom = (round(float(value) * self.scale) for value in box[:4])
        cv2.rectangle(picture, (left, top), (right, bottom), colour, 3 if active else 1, cv2.LINE_AA)


def write_video(frames: Iterable[np.ndarray], fps: float, size: tuple[int, int], path: str | Path) -> Path:
    """Write frames as H.264 in an MP4, whole or not at all.

    Args:
        frames: (H, W, 3) RGB uint8, of even sides.
        fps: Frames per second.
        size: Width and height of the frames.
        path: The MP4 to write.

    Returns:
        The path.

    Raises:
        MESpotError: If this PyAV has no H.264 encoder.
    """
    encoder = next((name for name in ENCODERS if name in av.codecs_available), None)
    if encoder is None:
        raise MESpotError(f'{path}: this PyAV has no H.264 encoder, expected one of {ENCODERS}')
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        whole_file(path) as temporary,
        av.open(str(temporary), 'w', format='mp4', options={'movflags': '+faststart'}) as container,
    ):
        stream: Any = container.add_stream(encoder, rate=Fraction(fps).limit_denominator(1001))
        stream.width, stream.height = size
        stream.pix_fmt = 'yuv420p'  # what browsers play
        if encoder == 'libx264':
            stream.options = {'preset': 'veryfast', 'crf': '23'}
        for image in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format='rgb24')))
        container.mux(stream.encode())
    return path


def _strip(
    width: int,
    duration_s: float,
    bars: Sequence[TimelineBar],
    time_s: np.ndarray,
    curves: np.ndarray,
    thresholds: Sequence[float],
) -> tuple[np.ndarray, float, float]:
    """Picture of the timeline, and the places of its start and end in px."""
    height, dpi = 2 * round(STRIP_SHARE * width / 2), 100 * width / 720
    figure = Figure(figsize=(width / dpi, height / dpi), dpi=dpi)
    axes = figure.add_axes((0.06, 0.24, 0.92, 0.60))
    for bar in bars:
        width_s = max(bar.end_s - bar.start_s, 0.004 * duration_s)
        axes.axvspan(
            bar.start_s, bar.start_s + width_s, color=CLASS_COLOURS[bar.label], alpha=0.30, linewidth=0
        )
    for curve, colour, threshold in zip(curves, CLASS_COLOURS, thresholds, strict=True):
        axes.step(time_s, curve, where='post', color=colour, linewidth=1.2)
        axes.axhline(threshold, color=colour, linewidth=0.8, linestyle='--')
    axes.set_xlim(0, max(duration_s, 1e-3))
    axes.set_ylim(0, 1.05 * max(1e-3, float(curves.max(initial=0.0)), *thresholds))
    axes.tick_params(labelsize=8)
    for label, (name, colour) in enumerate(zip(CLASSES, CLASS_COLOURS, strict=True)):
        place = (1 - 0.06 * label, 1.03)
        axes.text(*place, name, color=colour, transform=axes.transAxes, ha='right', va='bottom', fontsize=9)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[..., :3].copy()
    left, right = axes.transData.transform([(0, 0), (max(duration_s, 1e-3), 0)])[:, 0]
    return cv2.resize(picture, (width, height)), float(left), float(right)


def _paint_text(picture: np.ndarray, text: str, place: tuple[int, int], colour: Any) -> None:
    """Text on a white ground."""
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 2)
    x, y = place
    cv2.rectangle(picture, (x - 4, y - height - 4), (x + width + 4, y + below), (255, 255, 255), -1)
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, colour, 2, cv2.LINE_AA)


def _rgb(label: int) -> tuple[int, int, int]:
    """Colour of a class, 0 to 255."""
    red, green, blue = (round(255 * value) for value in to_rgb(CLASS_COLOURS[label]))
    return red, green, blue
