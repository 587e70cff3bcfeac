"""Contact sheets: the labelled events of a video, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmaction_mespot.visualization.flow_picture import flow_picture
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
    """Draw onset, apex, offset and the motion from onset to apex, two events a line.

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
