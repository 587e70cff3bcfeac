import numpy as np
import pytest
from PIL import Image

from mmaction_mespot.evaluation.functional.rates import reliability
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.visualization.ranking import plot_precision_recall, plot_reliability


@pytest.fixture
def videos():
    """Two people; hits with scores .9 and .6, false alarms with .8 and .1."""
    found = (([[0, 30], [50, 80]], [0.9, 0.8]), ([[300, 330], [400, 412]], [0.6, 0.1]))
    truth = ([[0, 30]], [[300, 330]])
    return [
        VideoResult(f'v{i}', f's{i}', None, 30.0, 900, truth[i], [0], Detections(*found[i], [0, 0]))
        for i in range(2)
    ]


@pytest.mark.parametrize('timed', [True, False])
def test_curves(videos, tmp_path, timed):
    path = plot_precision_recall(videos, tmp_path / 'sub' / 'a.png', timed=timed)
    assert np.asarray(Image.open(path)).std() > 0


def test_hits_by_score(videos, tmp_path):
    path = plot_reliability(reliability(videos, samples=50), tmp_path / 'b.png')
    assert np.asarray(Image.open(path)).std() > 0
    assert plot_reliability([], tmp_path / 'c.png').is_file()
