import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.frame_scores import PEAK_RULES
from mmaction_mespot.reports.evaluate_input import FileOptions
from mmaction_mespot.reports.published_layouts import PUBLISHED_LAYOUTS, options_of_layout


def test_what_is_given_comes_before_the_layout():
    assert options_of_layout(None, {'outside': None}) == FileOptions()
    options = options_of_layout('megc2020', {'outside': 'clip', 'first_frame': None, 'video_name': 'last'})
    assert (options.first_frame, options.inclusive, options.outside) == (1, True, 'clip')
    assert options.video_name == 'last'
    assert options_of_layout('sl-swin', {}).peaks == PEAK_RULES['sl-swin']
    with pytest.raises(MESpotError, match="layout: found 'megc2019', expected one of megc2020, megc-log"):
        options_of_layout('megc2019', {})


@pytest.mark.parametrize('name', PUBLISHED_LAYOUTS)
def test_every_layout_is_a_set_of_known_options(name):
    assert options_of_layout(name, {}) != FileOptions()
