from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.spotting.ground_truth import ground_truth_of, read_ground_truth

TABLE = (
    'video,onset,apex,offset,type\nclips/talk.mp4,31,45,58,MaE\ntalk,11,,20,micro\nother,1,2,3,ME\ncalm,,,,\n'
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / 'labels.csv'
    path.write_text(TABLE)
    return path


def test_labels_of_a_video_file_count_from_one(table: Path) -> None:
    index = np.arange(0, 100, 2)
    events = ground_truth_of(Path('/x/clips/talk.mp4'), read_ground_truth(table), 100, index, index / 50)
    assert [(event['label'], event['onset'], event['apex'], event['offset']) for event in events] == [
        ('ME', 10, None, 19),
        ('MaE', 30, 44, 57),
    ]
    assert events[0]['onset_s'] == 0.2 and events[0]['apex_s'] is None and events[0]['offset_s'] == 0.38
    # Another folder's video of that name is meant by its bare name only.
    assert (
        len(ground_truth_of(Path('/x/sessions/talk.mp4'), read_ground_truth(table), 100, index, index)) == 1
    )


def test_labels_that_cannot_be_used(table: Path, tmp_path: Path) -> None:
    rows = read_ground_truth(table)
    with pytest.raises(MESpotError, match=r'label 31\.\.58 lies outside of its frames 1\.\.50'):
        ground_truth_of(Path('/x/clips/talk.mp4'), rows, 50, np.arange(50), np.arange(50) / 30)
    table.write_text(TABLE + 'talk,5,,9,blink\n')
    with pytest.raises(MESpotError, match=r"labels.csv, row 6, column type: found 'blink'"):
        read_ground_truth(table)
    table.write_text('video,start,end\n')
    with pytest.raises(MESpotError, match=r"columns \['onset', 'apex', 'offset', 'type'\] expected"):
        read_ground_truth(table)
    table.write_bytes(b'\xff\xfe\x00\x81')
    with pytest.raises(MESpotError, match=r'labels.csv'):
        read_ground_truth(table)
    with pytest.raises(MESpotError, match='no such table'):
        read_ground_truth(tmp_path / 'nowhere.csv')
