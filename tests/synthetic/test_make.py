from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import pytest

from mmaction_mespot.annotations.casme2 import read_casme2
from mmaction_mespot.synthetic import make
from mmaction_mespot.synthetic.events import plan_dataset
from mmaction_mespot.synthetic.layout import WORKBOOK
from mmaction_mespot.synthetic.recipes import SIZES


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (made,) = make.make_dataset(tmp_path_factory.mktemp('synthetic'), 'tiny')
    return made


def test_the_reader_of_casme2_reads_what_was_planned(root: Path) -> None:
    data, _ = read_casme2(root)
    plans = {plan.video_id: plan for plan in plan_dataset(SIZES['tiny'])}
    assert {entry['video_id'] for entry in data['data_list']} == set(plans)
    for entry in data['data_list']:
        plan = plans[entry['video_id']]
        assert entry['total_frames'] == plan.total_frames
        assert entry['fps'] == plan.camera.fps
        wanted = [
            [e.label[0], e.label[2] + 1, 0 if e.kind == 'MaE' else 1]
            for e in plan.events
            if e.label is not None
        ]
        found = [[*instance['segment'], instance['label']] for instance in entry['instances']]
        assert found == wanted
        first = cv2.imread(str(root / entry['frame_dir'] / 'img001.jpg'))
        assert first.shape == (144, 120, 3)
    assert data['metainfo']['part'] == 'normal'
    assert {len(people) for people in data['metainfo']['splits'].values()} == {1}


def test_only_what_is_missing_is_made_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    renderer = make.Renderer

    def spy(plan: make.VideoPlan, stills: make.PersonStills) -> make.Renderer:
        drawn.append(plan.video_id)
        return renderer(plan, stills)

    monkeypatch.setattr(make, 'Renderer', spy)
    frames = sorted(root.glob('rawpic/*/*/*.jpg'))
    times = {path: path.stat().st_mtime_ns for path in frames}
    make.make_dataset(root.parent, 'tiny')
    assert drawn == []
    victim = frames[0]
    content = victim.read_bytes()
    victim.unlink()
    make.make_dataset(root.parent, 'tiny')
    assert len(drawn) == 1
    assert victim.read_bytes() == content
    others = [path for path in frames if path.parent != victim.parent]
    assert all(path.stat().st_mtime_ns == times[path] for path in others)
    monkeypatch.setattr(make, '_DRAWING_VERSION', 2)
    make.make_dataset(root.parent, 'tiny')
    assert len(drawn) == 4
    # Another seed at the same place is another data set.
    make.make_dataset(root.parent, 'tiny', seed=3)
    assert len(drawn) > 4


def test_an_interrupted_video_leaves_nothing_in_the_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing:
        def __init__(self, *_: object) -> None:
            pass

        def frame(self, _: int) -> None:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(make, 'Renderer', Failing)
        with pytest.raises(KeyboardInterrupt):
            make.make_dataset(tmp_path, 'tiny')
    assert not list(tmp_path.glob('normal/rawpic/*/*'))
    assert not (tmp_path / 'normal' / WORKBOOK).exists()


def test_an_unknown_size_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Unknown size 'huge'"):
        make.make_dataset(tmp_path, 'huge')


def test_another_process_draws_the_same_frames(root: Path) -> None:
    make.make_dataset(root.parent, 'tiny')
    folder = sorted(root.glob('rawpic/*/*'))[0]
    frames = {path: path.read_bytes() for path in folder.iterdir()}
    shutil.rmtree(folder)
    make.make_dataset(root.parent, 'tiny', jobs=2)
    assert {path: path.read_bytes() for path in folder.iterdir()} == frames


def test_videos_of_an_earlier_plan_do_not_stay(root: Path) -> None:
    for seed in (4, 0):
        make.make_dataset(root.parent, 'tiny', seed=seed)
        wanted = {plan.folder for plan in plan_dataset(SIZES['tiny'], seed=seed)}
        assert {str(path.relative_to(root)) for path in root.glob('rawpic/*/*')} == wanted
        data, _ = read_casme2(root)
        assert len(data['data_list']) == 3
