import pytest
import torch
from mmaction.models.localizers import TCANet
from mmaction.structures import ActionDataSample
from mmengine.structures import InstanceData

from mmaction_mespot.models.localizers import ScoredTCANet

SETTINGS = dict(
    feat_dim=8, se_sample_num=4, action_sample_num=8, temporal_dim=16, feature_extraction_interval=1
)


def sample(name: str, proposals: list[list[float]]) -> ActionDataSample:
    one = ActionDataSample(proposals=InstanceData(proposals=torch.tensor(proposals)))
    one.set_metainfo(dict(video_name=name, duration_frame=16, duration_second=4.0))
    return one


@pytest.fixture
def weights() -> dict:
    torch.manual_seed(0)
    return ScoredTCANet(**SETTINGS).state_dict()


def predict(kind: type, weights: dict, samples: list) -> list[dict]:
    model = kind(**SETTINGS).eval()
    model.load_state_dict(weights)
    torch.manual_seed(1)
    features = [torch.randn(8, 16) for _ in samples]
    with torch.no_grad():
        return model(features, samples, mode='predict')


def test_scores_grow_with_those_of_the_proposals(weights: dict) -> None:
    low, high = ([[0.1, 0.4, score], [0.5, 0.9, score]] for score in (0.3, 0.6))
    (one,), (two,) = (predict(ScoredTCANet, weights, [sample('v', rows)]) for rows in (low, high))
    scores = [[item['score'] for item in found['proposal_list']] for found in (one, two)]
    assert len(scores[0]) == 6 and min(scores[0]) > 0
    assert scores[1] == pytest.approx([2 * score for score in scores[0]], rel=1e-4)


def test_the_boundaries_are_those_of_mmaction2(weights: dict) -> None:
    """MMAction2's own loses the scores; when this test fails, it has been mended and the class can go."""
    rows = [[0.1, 0.4, 0.3], [0.5, 0.9, 0.6]]
    (ours,), (theirs,) = (predict(kind, weights, [sample('v', rows)]) for kind in (ScoredTCANet, TCANet))
    assert {item['score'] for item in theirs['proposal_list']} == {0.0}
    segments = [sorted(item['segment'] for item in found['proposal_list']) for found in (ours, theirs)]
    torch.testing.assert_close(torch.tensor(segments[0]), torch.tensor(segments[1]))


def test_every_window_of_a_batch_has_an_answer(weights: dict) -> None:
    samples = [sample('a', [[0.1, 0.4, 0.3]]), sample('b', [[0.2, 0.4, 0.3], [0.5, 0.9, 0.6]])]
    found = predict(ScoredTCANet, weights, samples)
    assert [(one['video_name'], len(one['proposal_list'])) for one in found] == [('a', 3), ('b', 6)]
