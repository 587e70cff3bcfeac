from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.spotters.movement import RATES_FILE, SCORER_FILE
from mmaction_mespot.spotters.rate_table import RateTable, calibrate, file_hash
from mmaction_mespot.spotting.training_free import MOVEMENT_THRESHOLDS

ROOT = Path(__file__).parents[2]


def table_of(minutes: float = 10.0) -> RateTable:
    """MaE: hits at .9, .8, .5, misses at .6, .4, .3, .2, .1. ME: a hit at .7, misses at .75 and .05."""
    scores = [0.9, 0.8, 0.5, 0.6, 0.4, 0.3, 0.2, 0.1, 0.7, 0.75, 0.05]
    labels = [0] * 8 + [1] * 3
    hits = [1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0]
    return calibrate(np.array(scores), np.array(labels), np.array(hits, bool), minutes)


def test_rates_are_counts_of_false_detections_over_the_minutes() -> None:
    mae = table_of().classes[0]
    assert mae.scores.tolist() == [0.1, 0.2, 0.3, 0.4, 0.6]
    assert mae.false_per_minute.tolist() == pytest.approx([0.5, 0.4, 0.3, 0.2, 0.1])
    assert mae.rate(0.6) == pytest.approx(0.1) and mae.rate(0.61) == 0
    assert mae.rate(0.5) == pytest.approx(0.15)


def test_probabilities_are_the_levels_of_pooled_violators_by_hand() -> None:
    table = table_of()
    # MaE by score: misses at 0 (added), .1, .2, .3, .4; hit .5 and miss .6 pool to one half at .55; hits.
    mae = table.classes[0]
    assert mae.knots.tolist() == pytest.approx([0.2, 0.55, 0.9])
    assert mae.probability.tolist() == pytest.approx([0.01, 0.5, 0.99])
    # ME: misses at 0 and .05; hit .7 and miss .75 pool to one half at .725; the added hit at 1.
    found = table.probability(np.array([0.2, 0.55, 0.375, 0.725, 1.0]), np.array([0, 0, 0, 1, 1]))
    assert found.tolist() == pytest.approx([0.01, 0.5, 0.255, 0.5, 0.99])


def test_thresholds_cut_both_classes_at_one_probability() -> None:
    table = table_of()
    mae, me = table.thresholds(0.15)
    assert table.rate((mae, me)) <= 0.15 + 1e-9
    probabilities = table.probability(np.array([mae, me]), np.array([0, 1]))
    assert probabilities[0] == pytest.approx(probabilities[1], abs=1e-3)
    low = table.thresholds(0.6)
    assert low[0] <= mae and low[1] <= me
    assert table.thresholds(0.7) == pytest.approx((0.2, 0.025))  # all seven in ten minutes


def test_a_rate_that_the_minutes_cannot_tell_is_an_error() -> None:
    expected = r'expected 0\.1 to 0\.7 \(10\.0 minutes'
    for rate in (0.05, 0.71, -1.0, float('inf')):
        with pytest.raises(MESpotError, match=rf'found {rate:g}, {expected}'):
            table_of().thresholds(rate)
    with pytest.raises(MESpotError, match='found nan'):
        table_of().thresholds(float('nan'))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1), st.booleans()), max_size=40),
    st.floats(1, 100),
    st.floats(0.02, 60),
)
def test_tables_are_monotone_and_keep_their_rate(
    rows: list[tuple[float, int, bool]], minutes: float, rate: float
) -> None:
    scores, labels, hits = (np.array([row[i] for row in rows]) for i in range(3))
    table = calibrate(scores, labels, hits, minutes)
    at = np.linspace(0, 1, 50)
    for label, own in enumerate(table.classes):
        assert (np.diff([own.rate(score) for score in at]) <= 1e-12).all()
        assert (np.diff(table.probability(at, np.full(50, label))) >= -1e-12).all()
    if 1 / minutes <= rate <= table.rate((0, 0)):
        chosen = table.thresholds(rate)
        assert table.rate(chosen) <= rate + 1e-6


def test_a_table_reads_back_and_a_broken_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / 'a.calibration.json'
    table = table_of()
    table.write(path)
    again = RateTable.read(path)
    assert again.minutes == 10 and again.thresholds(0.15) == pytest.approx(table.thresholds(0.15), abs=1e-5)
    content = json.loads(path.read_text())
    content['classes']['ME']['probability'][-1] = 0.001
    path.write_text(json.dumps(content))
    with pytest.raises(MESpotError, match=r'a\.calibration\.json: expected a table .* out of order'):
        RateTable.read(path)
    path.write_text('{}')
    with pytest.raises(MESpotError, match='expected a table of false detections per minute'):
        RateTable.read(path)
    with pytest.raises(MESpotError, match='cannot be read'):
        RateTable.read(tmp_path / 'none.json')


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match='found 1, 1, 0'):
        calibrate(np.ones(1), np.ones(1), np.zeros(0), 1.0)
    with pytest.raises(ValueError, match=r'\[0, 1\] expected, found 2'):
        calibrate(np.array([2.0]), np.zeros(1), np.zeros(1), 1.0)
    with pytest.raises(ValueError, match='minutes of video'):
        calibrate(np.ones(1), np.zeros(1), np.zeros(1), 0.0)


def test_only_counted_candidates_make_the_rate_and_all_the_probability() -> None:
    scores, labels = np.array([0.9, 0.6, 0.4]), np.zeros(3, int)
    hits, counted = np.array([True, False, False]), np.array([True, False, True])
    table = calibrate(scores, labels, hits, 2.0, counted=counted)
    assert table.classes[0].scores.tolist() == [0.4]
    assert table.classes[0].false_per_minute.tolist() == [0.5]
    everything = calibrate(scores, labels, hits, 2.0)
    assert table.classes[0].knots.tolist() == everything.classes[0].knots.tolist()


def test_the_shipped_table_belongs_to_the_shipped_scorer() -> None:
    table = RateTable.read(RATES_FILE)
    assert table.scorer == file_hash(SCORER_FILE), 'run calibrate anew after a training of the scorer'
    cuts = np.array([table.thresholds(rate) for rate in (0.2, 0.5, 1, 2)])
    assert (np.diff(cuts, axis=0) < 0).all()


def test_the_docs_tell_the_rate_of_the_default() -> None:
    rate = RateTable.read(RATES_FILE).rate(MOVEMENT_THRESHOLDS)
    page = (ROOT / 'docs' / 'own_video.md').read_text(encoding='utf-8')
    assert f'its own thresholds let through {rate:.1f} ' in page, 'thresholds or scorer are others now'
    told = json.loads('{' + re.findall(r'^("false_per_minute": .*)$', page, flags=re.M)[0] + '}')
    assert told['false_per_minute']['expected'] == round(rate, 3)
