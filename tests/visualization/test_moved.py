from __future__ import annotations

import numpy as np

from mmaction_mespot.visualization.moved import MAX_ROWS, MovedRow, plot_moved

FACE = np.full((32, 32, 3), 128, np.uint8)


def row_of(start_s: float, score: float, sizes: tuple[float, ...], pictures: bool = True) -> MovedRow:
    time_s = start_s + np.arange(20) / 30
    return MovedRow(
        0,
        score,
        (start_s, float(time_s[9]), float(time_s[-1])),
        [f'AU{number} action, {size} IOD' for number, size in enumerate(sizes)],
        time_s,
        np.array([size * np.hanning(20) for size in sizes]).reshape(len(sizes), 20),
        [FACE, FACE] if pictures else (),
    )


def curve_panels(figure) -> list:
    return figure.axes[2::3]


def test_every_interval_has_its_faces_and_its_curves_with_words() -> None:
    figure = plot_moved('talk', [row_of(1.0, 0.9, (0.08, 0.03)), row_of(4.0, 0.5, ())])
    first, second = curve_panels(figure)
    assert [text.get_text() for text in first.get_legend().get_texts()] == [
        'AU0 action, 0.08 IOD',
        'AU1 action, 0.03 IOD',
    ]
    assert max(first.lines[0].get_ydata()) < first.get_ylim()[1]
    assert second.get_legend() is None
    assert [text.get_text() for text in second.texts] == ['nothing clear']
    assert [axes.get_title() for axes in figure.axes[:2]] == ['onset 1.00 s', 'apex 1.30 s']
    assert first.get_title(loc='left') == 'MaE 1.00 - 1.63 s'


def test_the_best_intervals_are_shown_by_time() -> None:
    rows = [row_of(float(place), 0.5 + 0.01 * place, (0.02,)) for place in range(MAX_ROWS + 2)]
    figure = plot_moved('talk', rows)
    titles = [axes.get_title(loc='left') for axes in curve_panels(figure)]
    assert len(titles) == MAX_ROWS
    assert titles[0].startswith('MaE 2.00') and titles[-1].startswith('MaE 13.00')
    assert 'the 12 intervals of the highest scores' in figure.get_suptitle()


def test_without_pictures_and_with_one_frame() -> None:
    one = MovedRow(1, 0.5, (2.0, 2.0, 2.0), ['AU4'], np.array([2.0]), np.array([[-0.01]]))
    figure = plot_moved('talk', [one])
    assert not figure.axes[0].images
    low, high = curve_panels(figure)[0].get_ylim()
    assert low < -0.01 < high
