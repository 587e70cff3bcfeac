from __future__ import annotations

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.postprocess import PostProcessing
from mmaction_mespot.spotters.proposals import FaceProposals, Origin, VideoProposals
from mmaction_mespot.spotting.adapted import load_adapted
from mmaction_mespot.spotting.loading import load_spot_model
from mmaction_mespot.study.calibration_file import adapt, read_adaptation, read_calibration
from mmaction_mespot.study.corrections import FORMAT, VERSION
from mmaction_mespot.study.fine_tuning import TuningVideo, strongest_pull, tuning_videos
from mmaction_mespot.study.reviewed import Events, ReviewedVideo, reviewed_videos

FPS, FRAMES = 30.0, 3600
TOOL = Path(__file__).parents[2] / 'tools' / 'adapt.py'


def adapt_tool(arguments: list[str]) -> None:
    """Run the command line in this process."""
    runpy.run_path(str(TOOL))['main'](arguments)


def rows_of(rng: np.random.Generator, telling: float) -> tuple[list[dict], np.ndarray]:
    """60 candidates of 20 frames, a third of them true; one feature tells the true ones, or nothing."""
    true = np.arange(60) % 3 == 0
    scores = rng.uniform(0.2, 0.8, 60).round(4)
    if telling == 0:  # the scores are the probabilities
        true = rng.random(60) < scores
    features = np.stack([telling * true + 0.2 * rng.standard_normal(60), rng.standard_normal(60)], axis=1)
    rows = []
    for place in range(60):
        onset, end = 60 * place, 60 * place + 19
        times = dict(onset_s=onset / FPS, apex_s=None, offset_s=end / FPS)
        rows.append(
            dict(label='MaE', onset=onset, apex=None, offset=end, score=float(scores[place]), face=0, **times)
        )
    return rows, np.concatenate([true[:, None], features], axis=1)


def write_study(root: Path, people: int, telling: float, reviewed: list | None = None) -> None:
    """One video of two minutes of each person, wholly reviewed."""
    for person in range(people):
        rows, told = rows_of(np.random.default_rng(person), telling)
        folder = root / f'P{person}' / 'a'
        content = {
            'video': {'path': 'a.mp4', 'fps': FPS, 'total_frames': FRAMES, 'duration_s': 120.0},
            'model': {'name': 'flow', 'config': None, 'checkpoint': None},
            'thresholds': {'MaE': 0.5, 'ME': 0.5},
            'intervals': [row for row in rows if row['score'] >= 0.5],
            'candidates': rows,
            'ground_truth': [row for place, row in enumerate(rows) if told[place, 0]],
            'notes': [],
        }
        keys = ('label', 'onset', 'apex', 'offset', 'onset_s', 'apex_s', 'offset_s')
        decided = [
            {key: row[key] for key in keys} | dict(id=str(place), state='accepted', candidate=row)
            for place, row in enumerate(rows)
            if told[place, 0]
        ]
        corrections = dict(format=FORMAT, version=VERSION, coder='anna', revision=1, rows=decided)
        corrections |= dict(thresholds=content['thresholds'], reviewed=reviewed or [[0, FRAMES - 1]])
        (folder / 'corrections').mkdir(parents=True)
        (folder / 'intervals.json').write_text(json.dumps(content))
        (folder / 'corrections' / 'anna.json').write_text(json.dumps(corrections))
        found = Detections(
            np.array([(row['onset'], row['offset'] + 1) for row in rows]),
            np.array([row['score'] for row in rows]),
            np.zeros(60),
        )
        face = FaceProposals(np.array([[0.0, FRAMES]]), np.zeros(60, int), found, told[:, 1:])
        frames = np.arange(FRAMES)
        VideoProposals(Origin('flow'), FPS, frames / FPS, frames, PostProcessing(), [face]).write(
            folder / 'proposals.npz'
        )


def test_a_feature_that_tells_events_apart_is_learnt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_study(tmp_path, 5, telling=1.0)
    adapt_tool([str(tmp_path), '--coder', 'anna', '--fine-tune'])
    said = capsys.readouterr().out
    assert '100 reviewed intervals, 10.0 reviewed minutes in 5 videos, each left out in turn' in said
    content = json.loads((tmp_path / 'fine_tuned.json').read_text())
    gain = content['gain']
    # Before: half of the events and half of the others; after: the feature tells all of them.
    assert gain['before']['precision'] == pytest.approx(1 / 3, abs=0.1)
    assert gain['after']['f1'] > 0.95 and gain['gained'] and gain['over_thresholds']['gained']
    assert content['penalty'] is not None and said.count(': a gain') == 2
    found = read_adaptation(tmp_path / 'fine_tuned.json')
    assert found.origin == Origin('flow') and found.residual is not None
    with pytest.raises(MESpotError, match='holds a fine-tuned spotter, give it as --model'):
        read_calibration(tmp_path / 'fine_tuned.json', 'flow')
    with pytest.raises(MESpotError, match='expected another name'):
        adapt(tmp_path, 'anna', tmp_path / 'calibration.json', fine_tune=True)


def test_where_nothing_tells_them_apart_no_gain_is_claimed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_study(tmp_path, 4, telling=0.0)
    content = adapt(tmp_path, 'anna', tmp_path / 'x.json', fine_tune=True)
    assert content['penalty'] is None and not content['gain']['over_thresholds']['gained']
    adapt_tool([str(tmp_path), '--coder', 'anna', '--fine-tune'])
    assert 'the scores stay as they are' in capsys.readouterr().out


def test_only_what_lies_in_a_reviewed_stretch_counts(tmp_path: Path) -> None:
    # Frames 0 to 1799 and the first half of the candidate at 1800 to 1819.
    write_study(tmp_path, 6, telling=1.0, reviewed=[[0, 1809]])
    videos = tuning_videos(tmp_path, reviewed_videos(tmp_path, 'anna'))
    assert [len(video.reviewed.candidates.labels) for video in videos] == [30] * 6
    assert [len(video.reviewed.truth.labels) for video in videos] == [10] * 6
    scores, features, targets = videos[0].rows()
    assert scores.shape == (30,) and features.shape == (30, 2)
    assert targets.tolist() == [1, 0, 0] * 10
    again = videos[0].rescored(None)
    assert again.candidates.segments_s[np.argsort(again.candidates.segments_s[:, 0])] == pytest.approx(
        videos[0].reviewed.candidates.segments_s
    )


def test_frames_of_a_fast_video_on_the_working_grid() -> None:
    """60 frames per second seen at 30: position 10 is frame 20."""
    times, frames = np.arange(100) / 30, 2 * np.arange(100)
    found = Detections([[10.2, 30.4]], [0.5], [0])
    face = FaceProposals(np.array([[0.0, 100]]), np.zeros(1, int), found, np.zeros((1, 3)))
    told = VideoProposals(Origin('flow'), 30.0, times, frames, PostProcessing(), [face])
    truth = Events(np.array([[10 / 30, 29 / 30]]), np.array([0]))
    reviewed = ReviewedVideo('a', truth, truth, np.array([0.5]), 0.1, 1)
    inside = TuningVideo('a', reviewed, told, [(20, 58)])
    assert inside.rescored(None).candidates.segments_s == pytest.approx(truth.segments_s)
    assert inside.rows()[2] == pytest.approx([1.0], abs=0.1)
    assert len(TuningVideo('a', reviewed, told, [(20, 57)]).rows()[0]) == 0


def test_too_little_was_reviewed(tmp_path: Path) -> None:
    write_study(tmp_path, 2, telling=1.0)
    with pytest.raises(MESpotError, match=r'found 4\.0 minutes in reviewed stretches, expected 5 or more'):
        adapt(tmp_path, 'anna', tmp_path / 'x.json', fine_tune=True)
    write_study(tmp_path / 'more', 3, telling=1.0)
    (tmp_path / 'more' / 'P1' / 'a' / 'proposals.npz').unlink()
    with pytest.raises(MESpotError, match=r'P1/a/proposals\.npz: no such file'):
        adapt(tmp_path / 'more', 'anna', tmp_path / 'x.json', fine_tune=True)


def test_the_strongest_pull_over_which_none_shows_a_gain() -> None:
    groups = ['a', 'b', 'c']

    def counts(*hits: int) -> np.ndarray:
        return np.array([[one, 10, 10] for one in hits])

    plain, little, better = counts(5, 5, 5), counts(4, 6, 6), counts(7, 8, 7)
    assert strongest_pull([plain, little], groups) == 0  # one of three people lost
    assert strongest_pull([plain, better], groups) == 1
    assert strongest_pull([plain, little, better], groups) == 2
    assert strongest_pull([better, plain], groups) == 0


def test_the_file_is_a_spotter(tmp_path: Path) -> None:
    write_study(tmp_path, 4, telling=1.0)
    path = tmp_path / 'mine.json'
    adapt(tmp_path, 'anna', path)
    found = load_spot_model(str(path))
    assert found.name == 'mine' and found.checkpoint == str(path)
    assert found.thresholds == read_calibration(path, 'flow').thresholds
    assert load_spot_model(str(path), thresholds={'ME': 0.9}).thresholds == (found.thresholds[0], 0.9)
    adapt(tmp_path, 'anna', path, fine_tune=True)
    content = json.loads(path.read_text())
    content['origin']['sha256'] = 'cd'
    path.write_text(json.dumps(content))
    with pytest.raises(MESpotError, match=r"mine\.json: was fitted to other weights of 'flow'"):
        load_spot_model(str(path))
    with pytest.raises(MESpotError, match='no such file, expected one of tools'):
        load_adapted(tmp_path / 'nowhere.json', None, lambda model, checkpoint: load_spot_model(model))
