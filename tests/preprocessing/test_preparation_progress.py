from __future__ import annotations

import io

from rich.console import Console

from mmaction_mespot.preprocessing.preparation_progress import PreparationProgress


def test_plain_lines_away_from_a_terminal() -> None:
    text = io.StringIO()
    with PreparationProgress(20, 2, Console(file=text, width=40)) as progress:
        for frame in range(10):
            progress.update(frame + 1)
        progress.finish_video('s01_0101: 10 frames; [note]')
    (line,) = text.getvalue().splitlines()
    assert line.startswith('[1/2] s01_0101: 10 frames; [note] (')
    assert line.endswith(' left)')


def test_a_bar_on_a_terminal() -> None:
    text = io.StringIO()
    with PreparationProgress(20, 2, Console(file=text, width=100, force_terminal=True)) as progress:
        progress.update(10)
        progress.finish_video('s01_0101: 10 frames')
    assert '10/20' in text.getvalue()
    assert '[1/2] s01_0101: 10 frames\n' in text.getvalue()
