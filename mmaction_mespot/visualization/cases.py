"""Pictures of single cases: the face at onset, apex and offset, and what moved in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, new_figure, save_figure

DIFFERENCE_RANGE = 32.0
"""Grey levels of change that show as the brightest colour."""

BLUR_SHARE = 0.012
"""Blur before the difference, as a share of the picture's width: it takes out the sensor's noise."""


@dataclass(frozen=True)
class Case:
    """One row of the picture.

    Attributes:
        title: One line on what happened.
        label: Class, for the colour of the frame.
        images: Face at onset, apex and offset, uint8 RGB, each (H, W, 3) of one size.
        times_s: Their instants in seconds.
        curve: Scores of the class around the interval, shape (n,), or None.
        curve_times_s: Instants of the scores, shape (n,).
        truth_s: The label in seconds, or None.
        found_s: The detection in seconds, or None.
        threshold: Threshold of the class.
    """

    title: str
    label: int
    images: tuple[np.ndarray, np.ndarray, np.ndarray]
    times_s: tuple[float, float, float]
    curve: np.ndarray
    curve_times_s: np.ndarray
    truth_s: tuple[float, float] | None
    found_s: tuple[float, float] | None
    threshold: float


def motion_picture(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Absolute change between two pictures of a face, in grey levels, after a slight blur.

    Args:
        before: uint8 RGB, (H, W, 3).
        after: uint8 RGB of the same size.

    Returns:
        float32, (H, W).

    Raises:
        ValueError: If the sizes differ.
    """
    if before.shape != after.shape:
        raise ValueError(f'The two pictures need one size, found {before.shape} and {after.shape}')
    sigma = BLUR_SHARE * before.shape[1]
    grey = [
        cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), sigma)
        for image in (before, after)
    ]
    return np.abs((grey[1] - np.median(grey[1])) - (grey[0] - np.median(grey[0])))


def plot_cases(cases: Sequence[Case], path: str | Path) -> Path:
    """Draw one row a case: onset, apex, offset, change from onset to apex, score around it.

    Args:
        cases: At least one case.
        path: The PNG to write.

    Returns:
        The written path.

    Raises:
        ValueError: If there is no case.
    """
    if not cases:
        raise ValueError('No case to draw')
    figure = new_figure(2.35 * len(cases))
    rows = np.atleast_1d(np.asarray(figure.subfigures(len(cases), 1, hspace=0.04), dtype=object))
    for row, case in zip(rows, cases, strict=True):
        _draw_case(row, case)
    return save_figure(figure, path)


def _draw_case(figure: SubFigure, case: Case) -> None:
    """One row of the picture."""
    figure.suptitle(case.title, fontsize=10, x=0.01, ha='left')
    panels = figure.subplots(1, 5, width_ratios=[1, 1, 1, 1, 1.9])
    for axes, image, name, time_s in zip(
        panels[:3], case.images, ('onset', 'apex', 'offset'), case.times_s, strict=True
    ):
        axes.imshow(image)
        axes.set_xlabel(f'{name}, {time_s:.2f} s', fontsize=8.5)
    panels[3].imshow(
        motion_picture(case.images[0], case.images[1]), cmap='magma', vmin=0, vmax=DIFFERENCE_RANGE
    )
    panels[3].set_xlabel('change to apex', fontsize=8.5)
    for axes in panels[:4]:
        axes.set_xticks([])
        axes.set_yticks([])
    _draw_scores(panels[4], case)


def _draw_scores(axes: Axes, case: Case) -> None:
    """Score around the case, with the label above and the detection below."""
    colour = CLASS_COLOURS[case.label]
    top = 1.08 * max(float(case.curve.max(initial=0.0)), case.threshold, 1e-6)
    axes.step(case.curve_times_s, case.curve, where='post', color=colour, linewidth=1.3)
    axes.axhline(case.threshold, color=colour, linestyle='--', linewidth=1.0)
    for interval, height in ((case.truth_s, 1.30), (case.found_s, 1.12)):
        if interval is not None:
            axes.plot(interval, [height * top] * 2, color=colour, linewidth=5, solid_capstyle='butt')
    axes.set_ylim(0, 1.42 * top)
    axes.set_yticks([1.12 * top, 1.30 * top], ['found', 'label'], fontsize=8.5)
    axes.tick_params(axis='y', length=0)
    axes.tick_params(axis='x', labelsize=8)
    axes.set_xlim(case.curve_times_s[0], case.curve_times_s[-1])
    axes.set_xlabel('score, over seconds', fontsize=8.5, color=GREY)
    axes.spines[['top', 'right', 'left']].set_visible(False)
