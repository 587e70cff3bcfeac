import math

import numpy as np
import pytest
from PIL import Image

from mmaction_mespot.visualization.agreement import SECONDS, SHARES, plot_agreement


@pytest.mark.parametrize('low', [-0.2, math.nan])
def test_figures_with_and_without_intervals(tmp_path, low):
    figures = {name: {'value': 0.6, 'low': low, 'high': 0.8} for name in (*SHARES, *SECONDS)}
    path = plot_agreement(figures, 'anna', 'spotter', tmp_path / 'sub' / 'a.png')
    assert np.asarray(Image.open(path)).std() > 0


def test_nothing_to_compare(tmp_path):
    nothing = {'value': math.nan, 'low': math.nan, 'high': math.nan}
    figures = dict.fromkeys((*SHARES, *SECONDS), nothing)
    assert plot_agreement(figures, 'a', 'b', tmp_path / 'a.png').is_file()
