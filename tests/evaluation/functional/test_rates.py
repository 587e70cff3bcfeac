import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.evaluation.functional.ap import average_precision
from mmaction_mespot.evaluation.functional.counts import count_videos
from mmaction_mespot.evaluation.functional.rates import (
    false_per_minute,
    rank_hits,
    rate_figures,
    reliability,
    thresholds_at_rate,
)
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import MAE, ME, Detections


def video(truths, found, subject='s01', minutes=1):
    truth, table = np.array(truths, float).reshape(-1, 3), np.array(found, float).reshape(-1, 4)
    detections = Detections(table[:, :2], table[:, 2], table[:, 3])
    return VideoResult(
        f'{subject}_1', subject, None, 30.0, int(1800 * minutes), truth[:, :2], truth[:, 2], detections
    )


def example():
    """Two people of one minute each; by falling score: hit, false, hit, false, hit."""
    return [
        video(
            [(0, 40, MAE), (100, 112, ME), (500, 540, MAE)],
            [(0, 40, 0.9, MAE), (300, 340, 0.8, MAE), (100, 112, 0.7, ME)],
        ),
        video([(0, 40, MAE)], [(600, 612, 0.6, ME), (0, 40, 0.5, MAE)], 's02'),
    ]


def test_by_hand():
    figures = rate_figures(example())
    # 2 minutes: at 0.2 per minute no false detection is allowed (0.4 in all), at 1 per minute two are.
    assert figures['overall']['R@0.2/min'].value == 1 / 4
    assert figures['overall']['R@1/min'].value == 3 / 4
    assert figures['MaE']['R@0.2/min'].value == pytest.approx(1 / 3)
    assert figures['ME']['R@0.2/min'].value == 1
    # Precision 1/1, 2/3, 3/5 at recall 1/4, 2/4, 3/4.
    assert figures['overall']['AP'].value == pytest.approx((1 + 2 / 3 + 3 / 5) / 4)
    assert false_per_minute(3, example()) == 1.5
    figures = rate_figures(example(), samples=200)
    low, high = figures['overall']['R@1/min'].low, figures['overall']['R@1/min'].high
    # Twice s01: 2 of 3 at 1 false per minute; twice s02: 1 of 1.
    assert (low, high) == (pytest.approx(2 / 3), pytest.approx(1))


def test_thresholds_for_a_rate():
    assert thresholds_at_rate(example(), 0) == (0.9, 0.7)
    # One false detection in all: the MaE at 0.5 costs that at 0.8.
    assert thresholds_at_rate(example(), 0.5) == (0.5, 0.7)
    assert thresholds_at_rate(example(), 5) == (0.5, 0.7)
    assert thresholds_at_rate([video([], [(0, 9, 0.4, ME)])], 0) == (1.0, 1.0)
    with pytest.raises(ValueError, match='a rate of at least 0'):
        thresholds_at_rate(example(), -1)


drawn = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]), st.integers(0, 1)), max_size=12
)


@settings(deadline=None, max_examples=60)
@given(drawn, drawn, st.floats(0, 6))
def test_the_rate_is_kept_and_ap_is_the_known_one(found, truths, rate):
    one = video(
        [(30 * start, 30 * start + 20, label) for start, _, label in truths],
        [(30 * start, 30 * start + 20, score, label) for start, score, label in found],
    )
    kept = one.with_thresholds(thresholds_at_rate([one], rate))
    counts = count_videos([kept])['overall']
    assert counts.fp <= rate
    # No pair of thresholds within the rate finds more.
    for a in (0.1, 0.3, 0.5, 0.7, 0.9, 2):
        for b in (0.1, 0.3, 0.5, 0.7, 0.9, 2):
            other = count_videos([one.with_thresholds((a, b))])['overall']
            assert other.tp <= counts.tp or other.fp > rate
    for name, value in average_precision([one]).items():
        assert rate_figures([one])[name]['AP'].value == pytest.approx(value)


def test_reliability():
    bins = reliability(example(), bins=2, samples=200)
    # All five scores lie in [0.5, 1]; three of them hit.
    assert [(b.low, b.high, b.detections) for b in bins] == [(0.5, 1.0, 5)]
    assert bins[0].hits.value == pytest.approx(0.6) and bins[0].score == pytest.approx(0.7)
    assert (bins[0].hits.low, bins[0].hits.high) == (pytest.approx(1 / 2), pytest.approx(2 / 3))
    assert reliability([video([], [])]) == []
    with pytest.raises(ValueError, match=r'scores in \[0, 1\] expected, found 2 to 2'):
        reliability([video([], [(0, 9, 2, ME)])])
    assert len(rank_hits(example(), ME).scores) == 2
