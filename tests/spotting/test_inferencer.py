from __future__ import annotations

import json
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
from mmaction.registry import INFERENCERS

from mmaction_mespot.checkpoints.shipped_model import shipped_model
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.postprocess import PostProcessing, WindowCandidates
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.spotting import inferencer as module
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.model import SpotModel

EXAMPLE = Path(__file__).parent / 'spot_example' / 'intervals.json'


class Session:
    """A window of 20 frames after every 10 frames, with one candidate in its middle."""

    def __init__(self) -> None:
        self.frames = 0
        self.shapes: set[tuple] = set()

    def push(self, streams) -> list[WindowCandidates]:
        self.frames += 1
        self.shapes |= {(name, value.shape) for name, value in streams.items()}
        if self.frames < 20 or self.frames % 10:
            return []
        return [self._window(self.frames - 20)]

    def finish(self) -> list[WindowCandidates]:
        return []

    def _window(self, start: int) -> WindowCandidates:
        return WindowCandidates(Detections([[start + 8, start + 14]], [0.9], [1]), start, start + 20)


@pytest.fixture
def spotter(monkeypatch: pytest.MonkeyPatch) -> SpottingInferencer:
    post_processing = PostProcessing(max_length_s=(0.5, 0.5))
    model = SpotModel(
        'stub',
        PreparationSettings(('flow_grid',), 64, 'dis'),
        (0.5, 0.5),
        post_processing,
        lambda fps, gap, video_fps=None: Session(),
    )
    monkeypatch.setattr(module, 'load_spot_model', lambda *arguments: model)
    return SpottingInferencer()


@pytest.fixture(scope='module')
def face() -> np.ndarray:
    path = Path(matplotlib.__file__).parent / 'mpl-data' / 'sample_data' / 'grace_hopper.jpg'
    image = cv2.resize(cv2.imread(str(path)), (96, 112), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def test_registered_as_the_inferencers_of_mmaction2() -> None:
    assert INFERENCERS.get('SpottingInferencer') is SpottingInferencer
    assert INFERENCERS.get('micro-expression-spotting') is SpottingInferencer


def test_arrays_give_the_documented_structure(spotter: SpottingInferencer, face: np.ndarray) -> None:
    array = np.stack([face] * 50)
    (prediction,) = spotter(array, fps=30.0)['predictions']
    example = json.loads(EXAMPLE.read_text())
    assert prediction.keys() == example.keys()
    for key in ('video', 'model', 'thresholds', 'curves'):
        assert prediction[key].keys() == example[key].keys(), key
    assert prediction['intervals'][0].keys() == example['intervals'][0].keys()
    assert [(row['label'], row['onset'], row['offset']) for row in prediction['intervals']] == [
        ('ME', 8, 13),
        ('ME', 18, 23),
        ('ME', 28, 33),
        ('ME', 38, 43),
    ]
    assert prediction['video'] == {
        'path': 'array',
        'fps': 30.0,
        'total_frames': 50,
        'duration_s': round(50 / 30, 9),
        'size': [96, 112],
        'without_face_s': 0.0,
    }
    json.dumps(prediction)
    two = spotter([array, array], fps=30.0)['predictions']
    assert two == [prediction, prediction]


def test_the_stream_gives_the_same_intervals_while_the_video_is_read(
    spotter: SpottingInferencer, face: np.ndarray
) -> None:
    array = np.stack([face] * 180)
    read = [0]
    (run,) = spotter.runs(array, 30.0, on_frame=read.append)
    # The alignment looks 3 s ahead; the first intervals come before the end.
    assert next(iter(run)).onset == 8 and 20 < read[-1] < 180
    with pytest.raises(RuntimeError, match='after the iteration'):
        _ = run.result
    streamed = list(spotter.stream(array, 30.0))
    assert streamed == spotter(array, fps=30.0)['predictions'][0]['intervals']


def test_one_bad_video_of_a_list_does_not_cost_the_others(
    spotter: SpottingInferencer, face: np.ndarray, tmp_path: Path
) -> None:
    array, missing = np.stack([face] * 50), tmp_path / 'nowhere.mp4'
    with pytest.warns(UserWarning, match='1 of 3 videos could not be used, .*nowhere.mp4'):
        first, bad, last = spotter([array, missing, array], fps=30.0)['predictions']
    assert first == last == spotter(array, fps=30.0)['predictions'][0]
    assert bad.keys() == {'video', 'error'}
    assert bad['video'] == {'path': str(missing)}
    assert 'nowhere.mp4' in bad['error'] and '\n' not in bad['error']
    with pytest.raises(MESpotError, match=r'nowhere\.mp4'):
        spotter(missing)


def test_each_of_several_faces(spotter: SpottingInferencer, face: np.ndarray) -> None:
    both = np.concatenate([face, np.full((112, 40, 3), 90, np.uint8), cv2.flip(face, 1)], axis=1)
    spotter.face = 'all'
    result = spotter.spot(np.stack([both] * 40), 30.0)
    assert result.model['settings']['faces'] == 2
    assert [(i.onset, i.face) for i in result.intervals] == [
        (8, 0),
        (8, 1),
        (18, 0),
        (18, 1),
        (28, 0),
        (28, 1),
    ]
    lefts = [boxes[:, 0].mean() for boxes in result.boxes]
    assert abs(lefts[0] - lefts[1]) > 96
    with pytest.raises(MESpotError, match='array: no face'):
        spotter.spot(np.full((20, 64, 64, 3), 99, np.uint8), 30.0)


def test_a_video_without_a_face_is_a_clear_error(spotter: SpottingInferencer) -> None:
    with pytest.raises(MESpotError, match='array: no face found'):
        spotter(np.full((20, 64, 64, 3), 99, np.uint8), fps=30.0)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (
            dict(model='nothing'),
            "model 'nothing': .* expected one, or movement, flow, lite",
        ),
        (dict(model='flow', weights='w.pth'), 'flow needs no training and takes no checkpoint, found w.pth'),
        (dict(thresholds={'mae': 0.5}), r"thresholds: found \['mae'\], expected MaE and ME"),
        (dict(face='both'), "face: found 'both', expected one of largest, all, center"),
        (dict(device='tpu7'), "device 'tpu7' cannot be used"),
        (dict(model=str(shipped_model('lite').config_path)), 'needs a checkpoint'),
        (dict(model=str(EXAMPLE)), 'expected a calibration of tools/adapt'),
        (dict(model=__file__), 'has no|cannot be read'),
    ],
)
def test_what_does_not_fit(options: dict, message: str) -> None:
    with pytest.raises(MESpotError, match=message):
        SpottingInferencer(**options)


def test_the_shipped_network_brings_what_it_was_trained_with() -> None:
    model = SpottingInferencer('lite', device='cpu', thresholds={'ME': 0.2}).model
    assert (model.preparation.crop_size, model.preparation.flow_method) == (112, 'tvl1-fast')
    assert model.preparation.streams == ('flow_grid',) and model.target_fps == 30
    assert model.thresholds[0] == pytest.approx(0.662, abs=1e-3) and model.thresholds[1] == 0.2
    assert model.post_processing == PostProcessing()
    own = shipped_model('lite')
    by_hand = SpottingInferencer(str(own.config_path), own.checkpoint_path, 'cpu').model
    assert by_hand.name == 'mespot_lite_synthme' and by_hand.notes == ()


def test_a_spotter_without_training_by_its_config() -> None:
    config = Path(__file__).parents[2] / 'configs' / 'spotters' / 'optical_flow.py'
    model = SpottingInferencer(str(config)).model
    assert (model.name, model.checkpoint, model.preparation.crop_size) == ('optical_flow', None, 112)
    assert model.thresholds == SpottingInferencer('flow').model.thresholds == (0.891, 0.811)


def test_progress_is_told(spotter: SpottingInferencer, face: np.ndarray) -> None:
    told: list[tuple] = []

    def hook(step: str, artifact: object = None, /, **numbers: int | None) -> None:
        told.append((step, artifact, numbers))

    found = spotter.spot(np.stack([face] * 40), 30.0, hook)
    assert [numbers['completed'] for step, _, numbers in told if step == 'frames'] == list(range(1, 41))
    assert [artifact for step, artifact, _ in told if step == 'interval'] == list(found.intervals)
    assert told[-1] == ('done', found, {'total': 40, 'completed': 40})
    assert found.intervals
