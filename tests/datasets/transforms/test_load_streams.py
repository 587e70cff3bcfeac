from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from prepared_set import write_prepared

from mmaction_mespot.datasets.transforms import LoadStreams
from mmaction_mespot.errors import MESpotError

INDICES = np.array([4, 5, 5, 64, 2])


def window(root: Path, total_frames: int = 300) -> dict:
    return dict(store_root=root, video_id='s01_0101', total_frames=total_frames, frame_inds=INDICES)


@pytest.mark.parametrize('in_memory', [False, True])
def test_reads_frames_without_head_motion(prepared: Path, in_memory: bool) -> None:
    load = LoadStreams(dict(rgb='rgb', flow='flow'), in_memory=in_memory)
    for _ in range(2):  # the second time from the cache
        results = load(window(prepared))
        assert results['rgb'].shape == (5, 16, 16, 3)
        assert results['rgb'].dtype == np.uint8
        np.testing.assert_allclose(results['rgb'][:, 3, 3, 0], INDICES, atol=2)
        assert results['flow'].shape == (5, 16, 16, 2)
        assert results['flow'].dtype == np.float32
        np.testing.assert_array_equal(results['flow'][:, 7, 3, 0], INDICES / 32)
        np.testing.assert_array_equal(results['flow'][0, :, 5, 1], np.arange(16))


@pytest.mark.parametrize('in_memory', [False, True])
def test_head_motion_can_stay(prepared: Path, in_memory: bool) -> None:
    load = LoadStreams(dict(flow='flow_grid'), remove_head_motion=False, in_memory=in_memory)
    flow = load(window(prepared))['flow']
    assert flow.shape == (5, 12, 12, 2)
    np.testing.assert_array_equal(flow[:, 0, 0, 0], INDICES / 32 + 0.5)


def test_memory_holds_each_video_once(tmp_path: Path) -> None:
    root = write_prepared(tmp_path / 'set', streams=('flow_grid',))
    load = LoadStreams(dict(flow='flow_grid'), in_memory=True)
    first = load(window(root))['flow']
    (root / 'flow_grid' / 's01_0101.h5').unlink()
    np.testing.assert_array_equal(load(window(root))['flow'], first)
    with pytest.raises(FileNotFoundError, match=r's01_0101\.h5'):  # another process reads for itself
        pickle.loads(pickle.dumps(load))(window(root))


def test_errors(prepared: Path) -> None:
    with pytest.raises(MESpotError, match=r"streams needs the keys 'rgb', 'flow' or both, found \['depth'\]"):
        LoadStreams(dict(depth='depth'))
    for in_memory in (False, True):
        with pytest.raises(MESpotError, match=r's01_0101\.h5: 300 entries, expected 301 as annotated'):
            LoadStreams(dict(rgb='rgb'), in_memory=in_memory)(window(prepared, total_frames=301))
