from __future__ import annotations

import re
from pathlib import Path

import cv2
import matplotlib
import pytest

from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.reporter import SpotReporter
from mmaction_mespot.spotting.videos import SpotOptions, plan_videos, spot_videos


@pytest.fixture(scope='module')
def frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders of 40 and 30 pictures of a face."""
    path = Path(matplotlib.__file__).parent / 'mpl-data' / 'sample_data' / 'grace_hopper.jpg'
    face = cv2.resize(cv2.imread(str(path)), (96, 112), interpolation=cv2.INTER_AREA)
    root = tmp_path_factory.mktemp('frames')
    for name, count in (('a', 40), ('b', 30)):
        (root / name).mkdir()
        for number in range(count):
            cv2.imwrite(str(root / name / f'img_{number:02d}.jpg'), face)
    return root


def test_nothing_is_written_and_the_rest_is_estimated(frames: Path, tmp_path: Path) -> None:
    inferencer, options = SpottingInferencer('flow'), SpotOptions(tmp_path / 'out', fps=30.0)
    missing = tmp_path / 'nowhere.mp4'
    said = plan_videos([frames, missing], inferencer, options, jobs=2)
    assert 'dry run, nothing is written: 0 videos finished, 3 left' in said
    assert re.search(r'^70 frames for the spotter: about .* measured on the first frames of ', said, re.M)
    assert f'cannot be used: {missing}' in said and 'disk: not known before' in said
    assert not options.out.exists()
    assert spot_videos([frames / 'a'], inferencer, options, SpotReporter('quiet')) == 0
    said = plan_videos([frames / 'a', frames / 'b'], inferencer, options)
    assert '1 videos finished, 1 left' in said and 'of disk, as the finished videos took' in said
    assert '30 frames for the spotter' in said
