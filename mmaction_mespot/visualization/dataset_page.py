"""The statistics of a data set as one picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mmaction_mespot.annotations.statistics import DatasetStatistics
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, new_figure, save_figure


def plot_dataset_statistics(statistics: DatasetStatistics, path: str | Path, title: str = '') -> Path:
    """Draw lengths by class, events per video, and events of each person.

    Args:
        statistics: The counts.
        path: The PNG to write.
        title: Heading of the picture.

    Returns:
        The written path.
    """
    figure = new_figure(5.4)
    if title:
        figure.suptitle(title, fontsize=11)
    halves = np.asarray(figure.subfigures(2, 1), dtype=object)
    lengths, per_video = halves[0].subplots(1, 2)
    filled = [row for row in statistics.lengths_s if len(row)]
    if filled:
        shortest, longest = min(row.min() for row in filled), max(row.max() for row in filled)
        edges = np.geomspace(0.95 * shortest, 1.05 * longest, 31)
        for name, row, colour in zip(CLASSES, statistics.lengths_s, CLASS_COLOURS, strict=True):
            lengths.hist(row, bins=edges, color=colour, alpha=0.75, label=f'{name} ({len(row)})')
        lengths.set_xscale('log')
        marks = [mark for mark in (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0) if edges[0] <= mark <= edges[-1]]
        lengths.set_xticks(marks, [f'{mark:g}' for mark in marks])
        lengths.minorticks_off()
        lengths.legend(frameon=False, fontsize=9)
    lengths.axvline(0.5, color=GREY, linestyle='--', linewidth=1)
    lengths.set_xlabel('length of an event, s')
    counts = np.bincount(statistics.events_per_video)
    per_video.bar(np.arange(len(counts)), counts, color=GREY)
    per_video.set_xlabel('events in a video')
    per_video.set_ylabel('videos')
    per_subject = halves[1].subplots()
    names = list(statistics.events_per_subject)
    base = np.zeros(len(names))
    for label, (name, colour) in enumerate(zip(CLASSES, CLASS_COLOURS, strict=True)):
        row = np.array([statistics.events_per_subject[subject][label] for subject in names], dtype=float)
        per_subject.bar(np.arange(len(names)), row, bottom=base, color=colour, label=name)
        base += row
    per_subject.set_xticks(range(len(names)), names, rotation=90 if len(names) > 12 else 0, fontsize=7.5)
    per_subject.set_xlim(-0.6, len(names) - 0.4)
    per_subject.set_ylabel('events of a person')
    for axes in (lengths, per_video, per_subject):
        axes.spines[['top', 'right']].set_visible(False)
    return save_figure(figure, path)
