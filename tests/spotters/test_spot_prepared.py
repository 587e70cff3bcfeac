from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.annotations.schema import save_annotations
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import load_dump, save_dump
from mmaction_mespot.intervals.postprocess import PostProcessing
from mmaction_mespot.preprocessing.store_writer import StreamWriter
from mmaction_mespot.spotters.optical_flow import OpticalFlowSpotter
from mmaction_mespot.spotters.spot_prepared import spot_dataset

GAP, FRAMES, FPS = 4, 300, 30.0
HEAD_MOTION = 0.7


def write_prepared(root: Path) -> Path:
    """Two people, each with a MaE (frames 60-100) and an ME (180-193), under a steady motion of the head."""
    entries = []
    for subject, height in (('s01', 1.0), ('s02', 1.2)):
        places = np.random.default_rng(len(entries)).normal(0, 0.03, (FRAMES + 2 * GAP, 14, 2))
        instants = np.arange(len(places)) - GAP + 0.5
        for start, end in ((60, 100), (180, 193)):
            share = np.clip(np.minimum(instants - start, end - instants) / 5, 0, 1)
            places[:, 8:11, 0] += height * share[:, None]
        at = np.arange(FRAMES) + GAP - GAP // 2
        flow = places[at + GAP] - places[at] + HEAD_MOTION
        path = root / 'flow_roi' / f'{subject}_0101.h5'
        with StreamWriter(path, 'flow_roi', (14, 2), {'gap': GAP, 'fps': FPS}) as writer:
            writer.append(flow.astype(np.float32), rest_motion=np.full((FRAMES, 2), HEAD_MOTION, np.float32))
        entries.append(
            {
                'video_id': f'{subject}_0101',
                'subject': subject,
                'frame_dir': subject,
                'filename_tmpl': 'img{:03d}.jpg',
                'start_index': 1,
                'total_frames': FRAMES,
                'fps': FPS,
                'size': [100, 100],
                'instances': [{'segment': [60, 100], 'label': 0}, {'segment': [180, 193], 'label': 1}],
            }
        )
    metainfo = {
        'dataset': 'synthetic',
        'classes': ['MaE', 'ME'],
        'part': 'normal',
        'splits': {'val': ['s01'], 'test': ['s02']},
        'source_root': str(root),
    }
    save_annotations({'metainfo': metainfo, 'data_list': entries}, root / 'annotations.json')
    return root


def test_thresholds_from_val_and_results_of_test(tmp_path: Path) -> None:
    root = write_prepared(tmp_path)
    dump = spot_dataset([root], OpticalFlowSpotter(), PostProcessing())
    save_dump(dump, tmp_path / 'dump.json')
    dump = load_dump(tmp_path / 'dump.json')
    assert dump.metainfo['threshold_source'] == 'best F1 on the split val'
    (video,) = dump.final_videos()
    assert (video.subject, video.part) == ('s02', 'normal')
    order = np.argsort(video.detections.segments[:, 0])
    np.testing.assert_array_equal(video.detections.labels[order], [0, 1])
    np.testing.assert_allclose(video.detections.segments[order], [[60, 100], [180, 193]], atol=3)
    # Candidates below the threshold stay in the dump.
    assert len(dump.videos[0].detections) > 2


def test_empty_split_is_named(tmp_path: Path) -> None:
    root = write_prepared(tmp_path)
    with pytest.raises(MESpotError, match="in the split 'holdout', found none"):
        spot_dataset([root], OpticalFlowSpotter(), PostProcessing(), split='holdout')
