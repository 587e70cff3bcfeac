"""From folders of labelled videos to a scorer and to the table of its rates."""

from __future__ import annotations

import csv
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
from video_files import write_video

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections, WindowCandidates
from mmaction_mespot.intervals.postprocess import PostProcessing
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.spotters.movement import MOVEMENT_STREAMS, SCORER_FILE
from mmaction_mespot.spotters.rate_table import RateTable, file_hash
from mmaction_mespot.spotting.labelled_videos import (
    LabelledVideo,
    VideoStreams,
    candidates_of,
    labelled_videos,
    measure_rates,
)
from mmaction_mespot.spotting.model import SpotModel
from mmaction_mespot.synthetic.events import plan_video
from mmaction_mespot.synthetic.recipes import PART_RECIPES, SizeRecipe
from mmaction_mespot.synthetic.renderer import Renderer
from mmaction_mespot.synthetic.stills import find_people

TOOL = Path(__file__).parents[2] / 'tools' / 'benchmarks' / 'movement_scorer.py'
SIZE = SizeRecipe('own', (1, 1, 1), (1, 1, 1), 5.0, (0, 0), (1, 1), ('normal',), max_side=120)


@pytest.fixture(scope='module')
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location('movement_scorer_tool', TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of one person with an event and, of another, the seconds before it without one."""
    folder = tmp_path_factory.mktemp('labelled')
    plan = plan_video(SIZE, PART_RECIPES['normal'], 'val', 7, 0, 5)
    renderer = Renderer(plan, find_people()[plan.person - 1])
    frames = [
        cv2.cvtColor(renderer.frame(index), cv2.COLOR_GRAY2RGB)[: plan.camera.height // 2 * 2]
        for index in range(plan.total_frames)
    ]
    event = next(event.label for event in plan.events if event.label is not None)
    write_video(folder / 'event.mp4', frames, fps=30)
    write_video(folder / 'calm.mp4', frames[: event[0]], fps=30)
    rows = [('event', *(frame + 1 for frame in event), 'MaE', 'anna'), ('calm', '', '', '', '', 'ben')]
    with (folder / 'labels.csv').open('w', newline='') as file:
        csv.writer(file).writerows([('video', 'onset', 'apex', 'offset', 'type', 'subject'), *rows])
    return folder


def test_a_scorer_is_trained_and_calibrated_by_command(
    tool: ModuleType, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cache, scorer = ['--cache', str(tmp_path / 'cache')], tmp_path / 'own.npz'
    tool.main(['train', str(root), '--out', str(scorer), '--steps-factor', '0.01', *cache])
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / 'cache').iterdir()}
    assert len(kept) == 2
    tool.main(['calibrate', str(root), '--scorer', str(scorer), '--words', 'two people', *cache])
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / 'cache').iterdir()} == kept
    table = RateTable.read(tmp_path / 'own.calibration.json')
    calm = next(video for video in labelled_videos(root, 'val') if len(video.labels) == 0)
    assert table.scorer == file_hash(scorer)
    assert table.minutes == pytest.approx(calm.minutes, abs=1e-3)
    assert table.made_from.startswith('two people: false detections in ')
    assert table.made_from.endswith(' minutes of 2 people')
    assert 'thresholds in use' in capsys.readouterr().out


def test_the_people_of_a_split_are_taken(tool: ModuleType, root: Path, tmp_path: Path) -> None:
    for path in root.glob('*.mp4'):
        (tmp_path / path.name).hardlink_to(path)
    (tmp_path / 'labels.csv').write_bytes((root / 'labels.csv').read_bytes())
    splits = {'part': 'own', 'splits': {'train': ['anna'], 'val': ['ben']}}
    (tmp_path / 'splits.json').write_text(json.dumps(splits))
    assert [video.subject for video in labelled_videos(tmp_path, 'train')] == ['anna']
    assert [video.path.name for video in labelled_videos(tmp_path, 'val')] == ['calm.mp4']
    with pytest.raises(MESpotError, match=r"splits\.json: found no video of the people of 'test'"):
        labelled_videos(tmp_path, 'test')
    with pytest.raises(MESpotError, match='found events in all of them, expected some without'):
        tool.main(['calibrate', str(tmp_path), '--split', 'train', '--cache', str(tmp_path / 'cache')])
    with pytest.raises(MESpotError, match=r'none\.npz: expected the weights'):
        tool.main(['calibrate', str(tmp_path), '--scorer', str(tmp_path / 'none.npz')])


class _Session:
    """Gives what is written into the stream: rows of start, end, score, class in the first frames."""

    def __init__(self) -> None:
        self.rows: list[np.ndarray] = []

    def push(self, streams) -> list[WindowCandidates]:
        self.rows.append(streams[MOVEMENT_STREAMS[0]])
        return []

    def finish(self) -> list[WindowCandidates]:
        found = np.array([row for row in self.rows if row[2] > 0]).reshape(-1, 4)
        return [WindowCandidates(Detections(found[:, :2], found[:, 2], found[:, 3]), 0, len(self.rows))]


def _model() -> SpotModel:
    preparation = PreparationSettings(('flow_roi',), 112, 'dis')
    return SpotModel(
        'stub', preparation, (0.5, 0.5), PostProcessing(), lambda fps, gap, video_fps=None: _Session()
    )


def _streams(*rows: tuple[float, float, float, int], fps: float = 60.0) -> VideoStreams:
    values = np.zeros((1800, 4))
    values[: len(rows)] = rows
    return VideoStreams({name: values for name in MOVEMENT_STREAMS}, fps, 30.0)


def _video(subject: str, *segments: tuple[float, float]) -> LabelledVideo:
    labels = np.zeros(len(segments), int)
    return LabelledVideo(
        Path(f'{subject}.mp4'), subject, 60.0, 3600, np.array(segments).reshape(-1, 2), labels
    )


def test_hits_count_everywhere_and_false_detections_in_videos_without_events() -> None:
    # The file has 60 frames per second, the streams 30: its event of frames 200 to 320 is at 100 to 160.
    eventful = _streams((102, 160, 0.9, 0), (400, 460, 0.7, 0), (600, 610, 0.6, 1))
    calm = _streams((10, 60, 0.4, 0), (300, 310, 0.2, 1), (302, 311, 0.1, 1))
    found = candidates_of(_model(), calm)
    assert found.scores.tolist() == [0.4, 0.2]  # the third overlaps the second
    videos = [_video('anna', (200, 320)), _video('ben')]
    table = measure_rates(_model(), videos, iter([eventful, calm]), SCORER_FILE, 'two people')
    mae, me = table.classes
    assert table.minutes == 1.0
    assert (mae.scores.tolist(), mae.false_per_minute.tolist()) == ([0.4], [1.0])
    assert (me.scores.tolist(), me.false_per_minute.tolist()) == ([0.2], [1.0])
    # MaE: misses at 0 (added), .4 and .7, hits at .9 and 1 (added).
    assert mae.knots.tolist() == pytest.approx([1.1 / 3, 0.95])
    assert mae.probability.tolist() == [0.01, 0.99]
    assert me.knots.tolist() == pytest.approx([0.8 / 3, 1.0])
    assert table.made_from == (
        'two people: false detections in 1 minutes without events, probabilities in 2 minutes of 2 people'
    )
    assert table.scorer == file_hash(SCORER_FILE)
