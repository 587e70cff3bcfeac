"""The same model on the same video: tools/test.py on the prepared one finds what tools/spot.py finds."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
from video_files import write_video

from mmaction_mespot.annotations.own import read_own
from mmaction_mespot.apis.preparation_for import preparation_for
from mmaction_mespot.apis.runs import run_testing
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.prepare import prepare_dataset
from mmaction_mespot.spotting.inferencer import SpottingInferencer

CONFIGS = Path(__file__).parents[2] / 'configs'
THRESHOLDS = {'MaE': 0.3, 'ME': 0.3}


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face whose mouth region moves twice, at 60 frames per second and with a pause, beside its labels."""
    root = tmp_path_factory.mktemp('own')
    path = Path(matplotlib.__file__).parent / 'mpl-data' / 'sample_data' / 'grace_hopper.jpg'
    face = cv2.cvtColor(cv2.resize(cv2.imread(str(path)), (128, 152)), cv2.COLOR_BGR2RGB)
    y, x = np.mgrid[:152, :128].astype(np.float32)
    mouth = np.exp(-(((x - 66) / 14) ** 2) - ((y - 84) / 9) ** 2)
    rng = np.random.default_rng(0)
    images = []
    for i in range(240):
        height = 3 * np.exp(-(((i - 70) / 9) ** 2)) + 3 * np.exp(-(((i - 170) / 25) ** 2))
        image = cv2.remap(face, x, (y + height * mouth).astype(np.float32), cv2.INTER_LINEAR)
        images.append(np.clip(image + rng.normal(0, 1, image.shape), 0, 255).astype(np.uint8))
    times = [round(1000 * i / 60) + (300 if i >= 120 else 0) for i in range(240)]
    write_video(root / 'talk.mkv', images, 60, times_ms=times)
    (root / 'labels.csv').write_text('video,onset,apex,offset,type\ntalk,55,70,85,ME\ntalk,130,170,210,MaE\n')
    return root


@pytest.mark.parametrize(
    'config',
    [
        'spotters/optical_flow.py',
        'spotters/movement.py',
        '../mmaction_mespot/checkpoints/mespot_lite_synthme.py',
    ],
)
def test_test_and_spot_find_the_same(
    config: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = (CONFIGS / config).resolve()
    weights = path.with_suffix('.pth') if path.with_suffix('.pth').is_file() else None
    needed = preparation_for(str(path))
    needed |= {'crop_size': 112, 'flow_method': 'tvl1-fast'}  # of the flow spotter, whose config says nothing
    annotations, _ = read_own(root)
    prepare_dataset(annotations, tmp_path / 'set', PreparationSettings(**needed))
    # The labels stay in the video's own frames.
    written = json.loads((tmp_path / 'set' / 'annotations.json').read_text())['data_list'][0]
    assert (written['total_frames'], written['grid']['fps']) == (240, pytest.approx(written['fps'] / 2))
    assert [event['segment'] for event in written['instances']] == [[54, 85], [129, 210]]

    monkeypatch.setenv('MESPOT_DATA', str(tmp_path))
    dump = tmp_path / 'dump.json'
    dataset = f'test_dataloader.dataset.data_root={tmp_path / "set"}'
    options = [f'test_evaluator.dump_path={dump}', dataset]
    if weights is None:
        whole = (
            f'_base_ = {str(path)!r}\n'
            f"test_dataloader = dict(dataset=dict(_delete_=True, type='WholeVideoDataset', "
            f'data_root={str(tmp_path / "set")!r}, pipeline={{{{_base_.pipeline}}}}))\n'
        )
        path = tmp_path / 'flow.py'
        path.write_text(whole)
        options = options[:1]
    arguments = [str(path), *([str(weights)] if weights else []), '--work-dir', str(tmp_path / 'work')]
    text = ','.join(f'{name}={value}' for name, value in THRESHOLDS.items())
    run_testing([*arguments, '--threshold', text, '--cfg-options', *options])
    (video,) = load_dump(dump).videos
    assert video.segments.tolist() == [[54, 85], [129, 210]]
    tested = video.with_thresholds(THRESHOLDS).detections

    inferencer = SpottingInferencer(str(path), weights, device='cpu', thresholds=THRESHOLDS)
    spotted = inferencer.spot(root / 'talk.mkv').intervals
    assert len(spotted) == len(tested) > 0
    order = np.argsort(tested.segments[:, 0])
    for interval, segment, score, label in zip(
        spotted, tested.segments[order], tested.scores[order], tested.labels[order], strict=True
    ):
        assert interval.label == label
        assert interval.score == pytest.approx(score, abs=0.01)
        # Half-open and between frames there; whole positions, two frames each, here.
        assert [interval.onset, interval.offset + 1] == pytest.approx(segment, abs=2)
