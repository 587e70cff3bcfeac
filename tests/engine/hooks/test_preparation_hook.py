from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.datasets.transforms.load_streams import LoadVideoFlow
from mmaction_mespot.datasets.whole_video_dataset import WholeVideoDataset
from mmaction_mespot.engine.hooks.preparation_hook import PreparationHook
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter

KEPT = {'streams': ['flow_roi'], 'crop_size': 112, 'flow_method': 'tvl1-fast', 'flow_gap': None}


def _dataset(folder: Path, **changed: Any) -> WholeVideoDataset:
    video = dict(
        video_id='v', subject='s', frame_dir='v', filename_tmpl='{:d}.jpg', start_index=1, total_frames=9
    )
    video |= dict(fps=200.0, size=[9, 9], instances=[])
    metainfo = dict(dataset='own', classes=['MaE', 'ME'], part=None, source_root=str(folder))
    write_json(dict(metainfo=metainfo, data_list=[video]), folder / 'annotations.json')
    attrs = dict(fps=200.0, crop_size=112, gap=28, method='tvl1-fast') | changed
    (folder / 'flow_roi').mkdir()
    with StreamWriter(folder / 'flow_roi' / 'v.h5', 'flow_roi', (14, 2), attrs) as writer:
        for _ in range(9):
            writer.append(np.zeros((14, 2), np.float32), np.zeros(2, np.float32))
    return WholeVideoDataset(data_root=str(folder), pipeline=[LoadVideoFlow('flow_roi')])


def _runner(dataset: WholeVideoDataset, preparation: dict[str, Any] | None = None) -> Any:
    loader = SimpleNamespace(dataset=SimpleNamespace(datasets=[dataset]))
    return SimpleNamespace(
        train_dataloader=loader, test_dataloader=loader, cfg={'preparation': preparation}, _resume=False
    )


def test_the_preparation_of_the_training_stands_in_the_checkpoint(tmp_path: Path) -> None:
    hook, runner, checkpoint = PreparationHook(), _runner(_dataset(tmp_path)), {'meta': {'epoch': 1}}
    hook.before_train(runner)
    hook.before_save_checkpoint(runner, checkpoint)
    assert checkpoint == {'meta': {'epoch': 1, 'preparation': KEPT}}


@pytest.mark.parametrize(
    ('changed', 'message'),
    [
        ({'crop_size': 224}, 'crop_size 224, expected 112'),
        ({'method': 'tvl1'}, "flow_method 'tvl1', expected 'tvl1-fast'"),
        ({'gap': 20}, 'flow_gap 20, expected None'),
        ({'target_fps': 60.0, 'gap': 27}, 'target_fps 60.0, expected 30.0'),
        ({'reference': 'nose'}, "reference 'nose', expected 'eyes'"),
    ],
)
def test_data_prepared_in_another_way_are_refused(
    changed: dict[str, Any], message: str, tmp_path: Path
) -> None:
    dataset = _dataset(tmp_path, **changed)
    hook = PreparationHook()
    kept = {**KEPT, 'target_fps': 30.0, 'reference': 'eyes'}
    hook.after_load_checkpoint(_runner(dataset), {'meta': {'preparation': kept}})
    with pytest.raises(MESpotError, match=message):
        hook.before_test(_runner(dataset))
    # What the config says counts where the checkpoint says nothing.
    with pytest.raises(MESpotError, match=message):
        PreparationHook().before_test(_runner(dataset, {**kept, 'streams': ('flow_grid',)}))
    PreparationHook().before_test(_runner(dataset))
    hook.before_train(_runner(dataset))  # weights to begin from may come from elsewhere
