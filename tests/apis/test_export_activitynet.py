from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from mmengine.registry import DATASETS, init_default_scope

# The suite imports by importlib, which leaves the folder of the fixture factories off the path.
sys.path.append(str(Path(__file__).parents[1] / 'datasets'))

from prepared_features import write_features
from prepared_set import SPLITS, VIDEOS, write_prepared

import mmaction_mespot  # noqa: F401  (registers the components)
from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.apis.export_activitynet import export_activitynet, import_activitynet
from mmaction_mespot.errors import MESpotError


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_prepared(tmp_path_factory.mktemp('anet') / 'set', streams=())
    write_features(root, 'features', dict(rgb=(1, 1, 1), flow=(2, 1, 1)), (2, 1, 1), 64, 30)
    return root


def test_whole_videos(root: Path, tmp_path: Path) -> None:
    counts = export_activitynet(root, root / 'features', tmp_path, level=1)
    assert counts == dict(all=len(VIDEOS), train=2, val=1, test=1)
    entry = json.loads((tmp_path / 'annotations_test.json').read_text())['v_s03_0101']
    csv = tmp_path / 'features' / 'v_s03_0101.csv'
    assert csv.read_text().splitlines()[0] == 'f0,f1'
    # 90 frames: 23 positions of stride 4, the last one half behind the end
    rows = np.loadtxt(csv, delimiter=',', skiprows=1)
    assert rows[:, 0].tolist() == list(range(23))
    assert (entry['duration_frame'], entry['feature_frame']) == (90, 92)


def test_windows_in_mmaction2s_data_set(root: Path, tmp_path: Path) -> None:
    init_default_scope('mmaction')
    counts = export_activitynet(root, root / 'features', tmp_path, clip_len=64, stride=32)
    assert counts['val'] == 3  # 240 frames of 60 per second: 120 positions
    pipeline = [dict(type='LoadLocalizationFeature'), dict(type='GenerateLocalizationLabels')]
    data = DATASETS.build(
        dict(
            type='ActivityNetDataset',
            data_root=str(tmp_path),
            ann_file='annotations_val.json',
            data_prefix=dict(video='features'),
            pipeline=pipeline,
        )
    )
    windows = {data[i]['video_name']: data[i] for i in range(len(data))}
    assert list(windows) == ['v_s02_0101_000000', 'v_s02_0101_000064', 'v_s02_0101_000112']
    window = windows['v_s02_0101_000112']
    assert window['raw_feature'].shape == (1 + 2, 32)
    assert window['raw_feature'][0].tolist() == list(range(28, 60))
    # an ME at frames 120 to 144 in a window of frames 112 to 240
    np.testing.assert_allclose(window['gt_bbox'], [[8 / 128, 32 / 128]], atol=1e-6)
    assert (window['window_start'], window['duration_frame'], window['total_frames']) == (112.0, 128, 240)


def test_annotations_without_features(root: Path, tmp_path: Path) -> None:
    counts = export_activitynet(root, None, tmp_path, clip_len=50, target_fps=30, fold='s02')
    names = list(json.loads((tmp_path / 'annotations_test.json').read_text()))
    assert names[:3] == ['v_s02_0101_000000', 'v_s02_0101_000050', 'v_s02_0101_000100']
    assert counts['test'] == len(names) and set(counts) == {'all', 'train', 'val', 'test'}
    assert list((tmp_path / 'features').iterdir()) == []


@pytest.mark.parametrize('clip_len', [None, 64])
def test_there_and_back(root: Path, tmp_path: Path, clip_len: int | None) -> None:
    export_activitynet(root, None, tmp_path, clip_len=clip_len)
    assert import_activitynet(tmp_path / 'annotations.json', tmp_path / 'back.json', 'made') == len(VIDEOS)
    back, before = (load_annotations(path) for path in (tmp_path / 'back.json', root / 'annotations.json'))
    assert back['data_list'] == before['data_list']
    assert back['metainfo']['part'] == before['metainfo']['part']
    assert set(before['metainfo']['splits']) == set(SPLITS)


def test_what_cannot_be_exported(root: Path, tmp_path: Path) -> None:
    with pytest.raises(MESpotError, match='no level 3, found 0 to 2'):
        export_activitynet(root, root / 'features', tmp_path, level=3)
    with pytest.raises(MESpotError, match='clip_len=60, stride=30, align=8'):
        export_activitynet(root, root / 'features', tmp_path, clip_len=60)
    with pytest.raises(FileNotFoundError, match=r's01_0101\.h5: no such file of features'):
        export_activitynet(root, root / 'nowhere', tmp_path)
    (tmp_path / 'bad.json').write_text('[1]')
    with pytest.raises(AnnotationError, match='expected an object of videos by name'):
        import_activitynet(tmp_path / 'bad.json', tmp_path / 'out.json', 'made')
    (tmp_path / 'bad.json').write_text('{')
    with pytest.raises(AnnotationError, match='no valid JSON'):
        import_activitynet(tmp_path / 'bad.json', tmp_path / 'out.json', 'made')
