from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.datasets import LoadWindowProposals
from mmaction_mespot.errors import MESpotError

HEADER = 'tmin,tmax,tmin_score,tmax_score,score,match_iou,match_ioa\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / 'v_a.csv').write_text(HEADER + '0.1,0.5,1,1,0.9,0,0\n0.6,0.9,1,1,0.4,0,0\n0,1,1,1,0.2,0,0\n')
    return tmp_path


def test_the_best_ones_with_their_scores(folder: Path) -> None:
    found = LoadWindowProposals(str(folder), top_k=2)(dict(video_name='v_a'))
    np.testing.assert_allclose(found['proposals'], [[0.1, 0.5, 0.9], [0.6, 0.9, 0.4]])


def test_each_proposal_gets_the_event_that_it_overlaps_most(folder: Path) -> None:
    truth = np.array([[0.65, 0.85], [0.1, 0.4]])
    found = LoadWindowProposals(str(folder), match=True)(dict(video_name='v_a', gt_bbox=truth))
    np.testing.assert_allclose(found['gt_bbox'], truth[[1, 0, 1]])


def test_a_window_without_file(folder: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r'v_b\.csv: no proposals of this window; tools/bsn_proposals'
    ):
        LoadWindowProposals(str(folder))(dict(video_name='v_b'))


def test_nothing_to_match(folder: Path) -> None:
    with pytest.raises(MESpotError, match='v_a holds no event to match'):
        LoadWindowProposals(str(folder), match=True)(dict(video_name='v_a', gt_bbox=np.zeros(0)))
