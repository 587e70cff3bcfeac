"""Contact sheets: the labelled events of a video, one row each, with their flow as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mmaction_mespot.visualization.style import CLASS_COLOURS, new_figure, save_figure

LEAST_FULL_PX = 1.0
"""Full colour never stands for less than this motion, so that noise stays pale."""


@dataclass(frozen=True)
class SheetEvent:
    """One row of a contact sheet.

    Attributes:
        title: One line on the event.
        label: Class, for the colour of the title.
        images: Face at onset, apex and offset, uint8 RGB, each (H, W, 3) of one size.
        captions: A caption for each image.
        flow: Motion from onset to apex, (H, W, 2) in px.
    """

    title: str
    label: int
    images: tuple[np.ndarray, np.ndarray, np.ndarray]
    captions: tuple[str, str, str]
    flow: np.ndarray


def plot_contact_sheet(events: Sequence[SheetEvent], path: str | Path, title: str = '') -> Path:
    """Draw onset, apex, offset and the motion from onset to apex, two events per line.

    The full colour of a motion picture is its own 99th percentile, named below it, at least 1 px.

    Args:
        events: At least one event.
        path: The PNG to write.
        title: Heading of the sheet.

    Returns:
        The written path.

    Raises:
        ValueError: If there is no event.
    """
    if not events:
        raise ValueError('No event to draw')
    lines = (len(events) + 1) // 2
    figure = new_figure(1.75 * lines + 0.4)
    if title:
        figure.suptitle(title, fontsize=11)
    cells = np.atleast_2d(np.asarray(figure.subfigures(lines, 2, wspace=0.03), dtype=object))
    for event, cell in zip(events, cells.ravel(), strict=False):
        cell.suptitle(event.title, fontsize=8.5, x=0.02, ha='left', color=CLASS_COLOURS[event.label])
        full = max(float(np.percentile(np.linalg.norm(event.flow, axis=-1), 99)), LEAST_FULL_PX)
        images = (*event.images, flow_picture(event.flow, full))
        captions = (*event.captions, f'onset to apex, {full:.1f} px')
        for axes, image, caption in zip(cell.subplots(1, 4), images, captions, strict=True):
            axes.imshow(image)
            axes.set_xlabel(caption, fontsize=7)
            axes.set_xticks([])
            axes.set_yticks([])
    return save_figure(figure, path)


def flow_picture(flow: np.ndarray, full_px: float) -> np.ndarray:
    """Colour a flow field: the hue says where to, the strength of the colour how far; white is still.

    Right is red, down yellow-green, left cyan, up violet (the hue turns with the angle from the x-axis).

    Args:
        flow: (H, W, 2) in px, x then y.
        full_px: Length that shows in full colour; longer ones look the same.

    Returns:
        uint8 RGB, (H, W, 3).

    Raises:
        ValueError: If the shape is none of a flow, or `full_px` is not positive.
    """
    flow = np.asarray(flow, dtype=np.float32)
    if flow.ndim != 3 or flow.shape[2] != 2:
        raise ValueError(f'A flow field has the shape (H, W, 2), found {flow.shape}')
    if full_px <= 0:
        raise ValueError(f'full_px must be positive, found {full_px}')
    length, angle = cv2.cartToPolar(flow[..., 0], flow[..., 1], angleInDegrees=True)
    hue = np.rint(angle / 2) % 180
    strength = np.rint(255 * np.minimum(length / full_px, 1.0))
    hsv = np.stack([hue, strength, np.full_like(hue, 255)], axis=-1).astype(np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
