import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.intervals import nms

interval = st.tuples(st.integers(0, 40), st.integers(1, 12), st.integers(0, 8), st.integers(0, 1))
intervals = st.lists(interval, max_size=30)


def arrays(drawn):
    """Few distinct scores, so that ties are frequent."""
    data = np.array(drawn, dtype=np.float64).reshape(-1, 4)
    segments = np.stack([data[:, 0], data[:, 0] + data[:, 1]], axis=1)
    return segments, data[:, 2] / 8, data[:, 3].astype(np.int64)


def overlap(a, b):
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0]))


def iou(a, b):
    return overlap(a, b) / (a[1] - a[0] + b[1] - b[0] - overlap(a, b))


def ioa(a, b):
    return overlap(a, b) / min(a[1] - a[0], b[1] - b[0])


def brute_force(segments, scores, suppresses):
    """Plain double loop: {kept index: indices it suppressed}."""
    rest = sorted(range(len(scores)), key=lambda i: -scores[i])
    kept = {}
    while rest:
        best = rest.pop(0)
        kept[best] = [i for i in rest if suppresses(best, i)]
        rest = [i for i in rest if i not in kept[best]]
    return kept


@settings(deadline=None, max_examples=50)
@given(intervals, st.sampled_from([0.0, 0.3, 0.5, 0.7]), st.sampled_from([1, 4, 256]))
def test_hard_and_weighted_nms_equal_brute_force(drawn, threshold, block):
    segments, scores, labels = arrays(drawn)
    s, c, k = segments.tolist(), scores.tolist(), labels.tolist()
    expected = brute_force(s, c, lambda i, j: k[i] == k[j] and iou(s[i], s[j]) > threshold)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nms, 'BLOCK', block)
        assert nms.hard_nms(segments, scores, labels, threshold).tolist() == list(expected)
        keep, averaged = nms.weighted_nms(segments, scores, labels, threshold)
    assert keep.tolist() == list(expected)
    for row, (best, suppressed) in enumerate(expected.items()):
        group = [best, *suppressed]
        weights = np.array([c[i] for i in group]) if any(c[i] for i in group) else np.ones(len(group))
        mean = np.average([s[i] for i in group], axis=0, weights=weights)
        assert np.allclose(averaged[row], mean)


@settings(deadline=None, max_examples=50)
@given(intervals, st.sampled_from([0.2, 0.4, 1.0]))
def test_cross_class_suppression_equals_brute_force(drawn, threshold):
    segments, scores, labels = arrays(drawn)
    s, c, k = segments.tolist(), scores.tolist(), labels.tolist()
    expected = brute_force(s, c, lambda i, j: k[i] != k[j] and ioa(s[i], s[j]) >= threshold)
    assert nms.cross_class_suppression(segments, scores, labels, threshold).tolist() == list(expected)


@settings(deadline=None, max_examples=50)
@given(intervals, st.sampled_from([0.1, 0.5]), st.sampled_from([0.0, 0.05, 0.3]))
def test_soft_nms_equals_brute_force(drawn, sigma, min_score):
    segments, scores, labels = arrays(drawn)
    s, c, k = segments.tolist(), scores.tolist(), labels.tolist()
    rest, kept, decayed = sorted(range(len(c)), key=lambda i: -c[i]), [], dict(enumerate(c))
    while rest:
        best = max(rest, key=lambda i: decayed[i])
        if decayed[best] < min_score:
            break
        rest.remove(best)
        kept.append(best)
        for i in rest:
            if k[i] == k[best]:
                decayed[i] *= np.exp(-(iou(s[i], s[best]) ** 2) / sigma)
    keep, new_scores = nms.soft_nms(segments, scores, labels, sigma, min_score)
    # Scores that tie but for rounding may swap: compare the scores, and the intervals as a set.
    assert np.allclose(new_scores, [decayed[i] for i in kept])
    assert sorted(keep.tolist()) == sorted(kept) or len(set(new_scores.tolist())) < len(kept)


def test_hand_computed_case():
    segments = np.array([[0.0, 10.0], [2.0, 10.0], [5.0, 15.0], [0.0, 10.0]])
    scores = np.array([0.8, 0.9, 0.7, 0.6])
    labels = np.array([0, 0, 0, 1])
    # IoU of 1 with 0 is 8/10, with 2 it is 5/13; 3 is of another class.
    assert nms.hard_nms(segments, scores, labels, 0.5).tolist() == [1, 2, 3]
    _, averaged = nms.weighted_nms(segments, scores, labels, 0.5)
    assert averaged[0].tolist() == pytest.approx([2 * 0.9 / 1.7, 10])
    keep, decayed = nms.soft_nms(segments, scores, labels, 0.5, 0.01)
    # 0 and 2 decay by interval 1; then 2 (the better of the two: 0.7 e^-.296 = 0.52) decays 0 (IoU 5/15).
    assert keep.tolist() == [1, 3, 2, 0]
    last = 0.8 * np.exp(-(0.8**2) / 0.5 - (1 / 3) ** 2 / 0.5)
    assert decayed.tolist() == pytest.approx([0.9, 0.6, 0.7 * np.exp(-((5 / 13) ** 2) / 0.5), last])
    # 3 lies on 1 entirely, 0 and 2 are of the same class as 1.
    assert nms.cross_class_suppression(segments, scores, labels, 0.4).tolist() == [1, 0, 2]


def test_a_tiny_sigma_makes_no_nan():
    segments = np.array([[0.0, 10.0], [0.0, 10.0]])
    keep, scores = nms.soft_nms(segments, np.array([0.9, 0.8]), np.zeros(2, np.int64), 1e-9, 0.0)
    assert keep.tolist() == [0, 1]
    assert scores.tolist() == pytest.approx([0.9, 0.0])
