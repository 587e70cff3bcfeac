from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.counts import OVERALL
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.reports import film_benchmark
from mmaction_mespot.reports.film_baseline import peaks_of
from mmaction_mespot.reports.film_benchmark import (
    Film,
    FilmRun,
    Method,
    load_film_runs,
    read_clips,
    result_file,
    run_films,
)
from mmaction_mespot.reports.film_errors import false_kinds, missed_kinds
from mmaction_mespot.reports.film_tables import (
    error_table,
    false_rate,
    film_figures,
    film_table,
    group_runs,
    plot_films,
)

ONE = Method('flow', 0, 'flow')


def _film(**changes: Any) -> Film:
    events = [
        {'kind': 'MaE', 'start': 99, 'end': 151, 'amplitude': 0.03, 'label': [100, 110, 149]},
        {'kind': 'MaE', 'start': 300, 'end': 401, 'amplitude': 0.3, 'label': [300, 320, 399]},
        {'kind': 'ME', 'start': 350, 'end': 361, 'amplitude': 0.02, 'label': [350, 355, 359]},
        {'kind': 'blink', 'start': 500, 'end': 510, 'amplitude': 1.0, 'label': None},
        {'kind': 'speech', 'start': 600, 'end': 700, 'amplitude': 0.1, 'label': None},
    ]
    segments = np.array([[100, 150], [300, 400], [350, 360]], float)
    film = Film(Path('a.mp4'), 'a', 'p', 'natural', 30.0, 1800, segments, np.array([0, 0, 1]), events)
    return replace(film, **changes)


def _found(*rows: tuple[float, float, int, float]) -> Detections:
    table = np.array(rows, float).reshape(-1, 4)
    return Detections(table[:, :2], table[:, 3], table[:, 2])


def _run(*rows: tuple[float, float, int, float], film: Film | None = None, method: Method = ONE) -> FilmRun:
    return FilmRun(method, film or _film(), _found(*rows), _found(*rows, (900, 930, 0, 0.1)), '')


def test_false_detections_by_what_they_lie_on() -> None:
    run = _run(
        (102, 150, 0, 0.9),  # the hit
        (100, 120, 0, 0.5),  # a second one of it
        (330, 350, 0, 0.8),  # of a missed label, IoU 0.2
        (349, 361, 0, 0.7),  # the ME, called MaE
        (495, 520, 0, 0.6),  # the blink
        (610, 640, 1, 0.6),  # speech
        (1000, 1030, 0, 0.6),  # nothing
    )
    kinds = {'duplicate': 1, 'boundary': 1, 'class': 1, 'blink': 1, 'talk': 1, 'calm': 1}
    assert false_kinds(run) == kinds
    elsewhere = replace(run, film=_film(otherwise='own footage', events=run.film.events[:3]))
    assert false_kinds(elsewhere)['own footage'] == 3


def test_missed_labels_by_what_made_them_hard() -> None:
    assert missed_kinds(_run()) == {'weak': 1, 'overlapping': 2}
    assert missed_kinds(_run((100, 120, 0, 0.9))) == {'boundary': 1, 'overlapping': 2}
    film = _film(segments=np.array([[300, 400]], float), labels=np.array([0]))
    assert missed_kinds(_run(film=film)) == {'long': 1}
    short = _film(segments=np.array([[300, 330]], float), labels=np.array([0]), events=())
    assert missed_kinds(_run(film=short)) == {'other': 1}


def test_false_rate_over_people() -> None:
    runs = [_run((1000, 1030, 0, 0.6)), _run(film=_film(subject='q'))]
    rate = false_rate(runs)
    # One in two minutes; a draw holds the first person not at all or twice.
    assert (rate.value, rate.low, rate.high) == (0.5, 0.0, 1.0)


def test_tables_and_picture_of_two_seeds(tmp_path: Path) -> None:
    seeds = [Method('lite', seed, 'lite') for seed in (0, 1)]
    runs = [_run((102, 150, 0, 0.9), (1000, 1030, 0, 0.6), method=seeds[0]), _run(method=seeds[1])]
    calm = _film(part='none', segments=np.zeros((0, 2)), labels=np.zeros(0, int), events=())
    runs.append(replace(_run(film=calm), error='a.mp4: no face', candidates=_found()))
    groups = group_runs(runs)
    assert list(groups) == [('natural', 'lite'), ('none', 'flow')]
    rows = film_table(groups).splitlines()
    # Half of each: the mean of the seeds.
    assert rows[2].startswith('| natural | lite | 2 | 1.0 | 0.5 / 0.5 / 1.5 | 0 / 0 / 1 | 0.5 / 0.5 / 2.5 |')
    assert rows[3].startswith('| none | flow | 1 | 1.0 | 0 / 0 / 0 |') and rows[3].count(' - |') == 5
    assert error_table(groups).splitlines()[3] == '| none | flow | - | - | 1 of 1 |'
    figures = film_figures(groups)[0]
    assert figures['counts'][OVERALL] == {'tp': 1, 'fp': 1, 'fn': 5}  # type: ignore[index]
    assert figures['f1'] == pytest.approx(2 / 8)
    assert plot_films(groups, tmp_path / 'a.png').stat().st_size > 1000


def test_the_baseline_finds_a_bump_of_its_length() -> None:
    rng = np.random.default_rng(0)
    trace = 0.002 * rng.standard_normal((600, 14, 2))
    frames = np.arange(600)
    trace[:, :4, 1] += 0.1 * np.clip(np.minimum(frames - 200, 260 - frames) / 10, 0, 1)[:, None]
    found = peaks_of(trace, 30.0)
    best = int(np.argmax(found.scores))
    assert found.segments[best] == pytest.approx([202, 259], abs=3)
    assert found.labels[best] == 0 and found.scores[best] > 0.6
    assert np.delete(found.scores, best).max(initial=0) < 0.5


def test_results_are_kept_and_made_anew_when_the_film_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / 'a.mp4'
    path.write_bytes(b'1')
    spotted: list[Path] = []

    def spot(video: Path, tracker: object) -> Detections:
        spotted.append(video)
        return _found((3, 9, 1, 0.7), (20, 30, 0, 0.2))

    monkeypatch.setattr(film_benchmark, 'spot_by_peaks', spot)
    monkeypatch.setattr(film_benchmark, '_tracker', lambda: None)
    film, method = _film(path=path), Method.parse('baseline')
    for _ in range(2):
        run_films([film], [method], tmp_path / 'out')
    assert len(spotted) == 1
    path.write_bytes(b'12')
    run_films([film], [method], tmp_path / 'out')
    assert len(spotted) == 2
    (run,) = load_film_runs([film], tmp_path / 'out')
    assert run.found.segments.tolist() == [[3, 9]] and len(run.candidates) == 2
    assert run.result(True).video_id == 'a@0'
    assert result_file(tmp_path, method, film) == tmp_path / 'baseline@0' / 'natural' / 'a.json'
    with pytest.raises(MESpotError, match='no results of these films'):
        load_film_runs([film], tmp_path / 'nowhere')


def test_methods_are_named_or_given_by_their_files() -> None:
    assert Method.parse('mine@2=a.py,b.pth') == Method('mine', 2, 'a.py', 'b.pth')
    assert Method.parse('mine=a.py,b.pth').folder == 'mine@0'
    for wrong in ('mine', 'mine=a.py', 'mine@x=a.py,b.pth', '=a.py,b.pth'):
        with pytest.raises(MESpotError, match='methods: found'):
            Method.parse(wrong)


def test_clips_need_their_files(tmp_path: Path) -> None:
    write_json(
        {'clips': {'a': {'kind': 'calm', 'events': []}, 'b': {'kind': 'x', 'events': None}}}, tmp_path / 'l'
    )
    with pytest.raises(MESpotError, match=r'a\.mp4: no such clip'):
        read_clips(tmp_path, tmp_path / 'l')
