"""The study at a glance: one HTML file that needs no network."""

from __future__ import annotations

import base64
from html import escape
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.visualization.style import CLASS_COLOURS, new_figure

MAX_RASTER_VIDEOS = 120
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
img { max-width: 100% }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: 14px }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap }
th:first-child, td:first-child, td.text { text-align: left }
td.text { white-space: normal; min-width: 16rem }
"""


def write_page(intervals: pd.DataFrame, videos: pd.DataFrame, failures: pd.DataFrame, path: Path) -> None:
    """Write the page.

    Args:
        intervals: One row per interval, see :mod:`mmaction_mespot.study.tables`.
        videos: One row per video.
        failures: One row per video that failed.
        path: The HTML file; links lead to the videos' folders beside it.
    """
    counts = ', '.join(f'{int((intervals["label"] == label).sum())} {label}' for label in CLASSES)
    minutes = float(videos['usable_s'].sum()) / 60
    parts = [
        f'<h1>{len(videos)} videos: {counts}</h1>',
        f'<p>{minutes:.1f} minutes with a face; {len(failures)} videos failed. '
        'To look at the intervals and to correct them, run <code>tools/viewer.py</code> on this folder.</p>',
    ]
    expected = videos['expected_false_per_min'].dropna()
    if len(expected):
        known = float(videos.loc[expected.index, 'usable_s'].sum()) / 60
        false = float((expected * videos.loc[expected.index, 'usable_s']).sum()) / 60
        parts += [
            f'<p>About {false:.3g} false detections are to be expected in {known:.1f} of these minutes, by '
            '<code>false_per_minute</code> in the <code>intervals.json</code> of each video.</p>'
        ]
    if len(videos):
        parts += [_picture(_raster(intervals, videos), 'Events over time, one line per video')]
    if len(intervals):
        parts += [_picture(_distributions(intervals), 'Lengths and scores of the intervals')]
        parts += _moved_table(intervals)
    parts += ['<h2>Videos</h2>', _video_table(videos)]
    if len(failures):
        rows = ''.join(
            f'<tr><td>{escape(str(row.video))}</td><td class="text">{escape(str(row.error))}</td></tr>'
            for row in failures.itertuples()
        )
        parts += ['<h2>Failed</h2>', f'<div class="wide"><table>{rows}</table></div>']
    write_whole(
        path,
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Study</title>'
        f'<style>{_STYLE}</style></head><body>\n' + '\n'.join(parts) + '\n</body></html>\n',
    )


def _video_table(videos: pd.DataFrame) -> str:
    columns = (
        'duration_s',
        'usable_s',
        'fps',
        *(f'{name}_{what}' for name in CLASSES for what in ('count', 'per_min')),
    )
    head = ''.join(f'<th>{name}</th>' for name in ('video', *columns, 'notes', 'timeline'))
    rows = []
    for _, video in videos.iterrows():
        name = str(video['video'])
        cells = ''.join(f'<td>{video[column]:.6g}</td>' for column in columns)
        link = f'<a href="{quote(name)}/timeline.png">picture</a>'
        notes = f'<td class="text">{escape(str(video["notes"]))}</td>'
        rows.append(f'<tr><td>{escape(name)}</td>{cells}{notes}<td>{link}</td></tr>')
    return f'<div class="wide"><table><tr>{head}</tr>{"".join(rows)}</table></div>'


def _moved_table(intervals: pd.DataFrame) -> list[str]:
    """In how many intervals of each class an action was seen, the most frequent first."""
    words = intervals['moved'].fillna('').str.split('; ').explode().str.split(', ').str[0]
    named = pd.DataFrame({'label': intervals['label'].reindex(words.index), 'action': words})
    named = named[named['action'] != '']
    if not len(named):
        return []
    counts = pd.crosstab(named['action'], named['label']).reindex(columns=list(CLASSES), fill_value=0)
    counts = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind='stable').index]
    rows = ''.join(
        f'<tr><td>{escape(str(action))}</td>{"".join(f"<td>{count}</td>" for count in row)}</tr>'
        for action, row in zip(counts.index, counts.to_numpy(), strict=True)
    )
    head = ''.join(f'<th>{name}</th>' for name in ('action', *CLASSES))
    return ['<h2>What moved</h2>', f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div>']


def _raster(intervals: pd.DataFrame, videos: pd.DataFrame) -> Figure:
    names = [str(name) for name in videos['video']][:MAX_RASTER_VIDEOS]
    figure = new_figure(1.2 + 0.22 * len(names), 10.0)
    axes = figure.subplots()
    lengths = videos['duration_s'].to_numpy()[: len(names)] / 60
    axes.barh(range(len(names)), lengths, height=0.85, color='#EEEEEE')
    rows = {name: row for row, name in enumerate(names)}
    for label, colour in zip(CLASSES, CLASS_COLOURS, strict=True):
        own = intervals[(intervals['label'] == label) & intervals['video'].isin(names)]
        places = [rows[name] for name in own['video']]
        middle = (own['onset_s'] + own['offset_s']) / 120
        axes.scatter(middle, places, marker='|', s=70, color=colour, label=label)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlabel('minutes')
    axes.spines[['top', 'right']].set_visible(False)
    figure.legend(loc='outside lower right', ncols=2, frameon=False)
    return figure


def _distributions(intervals: pd.DataFrame) -> Figure:
    figure = new_figure(2.8, 10.0)
    for axes, column, text in zip(
        figure.subplots(1, 2), ('length_s', 'score'), ('length in seconds', 'score'), strict=True
    ):
        edges = np.histogram_bin_edges(intervals[column].to_numpy(dtype=float), bins=20)
        groups = [intervals.loc[intervals['label'] == label, column].to_numpy() for label in CLASSES]
        axes.hist(groups, bins=edges, color=list(CLASS_COLOURS), label=list(CLASSES))
        axes.set_xlabel(text)
        axes.set_ylabel('intervals')
        axes.spines[['top', 'right']].set_visible(False)
        axes.legend(frameon=False)
    return figure


def _picture(figure: Figure, text: str) -> str:
    data = BytesIO()
    figure.savefig(data, format='png', dpi=110)
    encoded = base64.b64encode(data.getvalue()).decode()
    return f'<h2>{text}</h2><img alt="{text}" src="data:image/png;base64,{encoded}">'
