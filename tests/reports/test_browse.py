from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter
from mmaction_mespot.reports import browse as browse_module
from mmaction_mespot.reports.browse import browse
from mmaction_mespot.visualization.contact_sheet import SheetEvent, plot_contact_sheet


def entry(video: str, total: int, instances: list[dict]) -> dict:
    place = dict(frame_dir=video, filename_tmpl='img{:03d}.jpg', start_index=1, size=[64, 48])
    return dict(video_id=video, subject='s01', total_frames=total, fps=30.0, instances=instances, **place)


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """One video with 13 events (two sheets), one without; the picture's grey value is its number."""
    events: list[dict] = [dict(segment=[3 * i, 3 * i + 3], label=i % 2) for i in range(13)]
    events[0] |= dict(apex=2, emotion='<joy>', action_units='12')
    data = dict(
        metainfo=dict(dataset='own', classes=['MaE', 'ME'], part='hard', source_root='.'),
        data_list=[entry('s01_0101', 40, events), entry('s01_0102', 9, [])],
    )
    root = tmp_path / 'data'
    with StreamWriter(root / 'rgb' / 's01_0101.h5', 'rgb', (24, 24, 3)) as writer:
        for i in range(40):
            writer.append(np.full((24, 24, 3), 5 * i, np.uint8))
    (root / 'annotations.json').write_text(json.dumps(data))
    return root


def test_page_with_statistics_and_a_sheet_for_every_twelve_events(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[list[SheetEvent]] = []
    monkeypatch.setattr(
        browse_module,
        'plot_contact_sheet',
        lambda events, path, title: drawn.append(list(events)) or plot_contact_sheet(events, path, title),
    )
    page = browse(prepared, tmp_path / 'out', flow_method='dis').read_text()
    assert {path.name for path in (tmp_path / 'out').iterdir()} == {
        'index.html',
        'statistics.png',
        's01_0101_1.png',
        's01_0101_2.png',
    }
    assert 'own hard' in page and 's01_0101_2.png' in page
    assert '<td>2, 1 without an event</td>' in page
    assert '<th>MaE</th><td>7; length 0.10 to 0.10 s' in page
    assert [len(events) for events in drawn] == [12, 1]
    first, second = drawn[0][:2]
    assert first.title == 'MaE, 0.00 s, 0.10 s long, <joy>, AU 12'
    assert first.captions == ('onset 0', 'apex 2', 'offset 2')
    assert second.captions == ('onset 3', 'middle 4', 'offset 5')
    assert [int(image.mean().round()) for image in second.images] == [15, 20, 25]
    assert second.flow.shape == (24, 24, 2)


def test_statistics_alone_need_no_pictures(prepared: Path, tmp_path: Path) -> None:
    (prepared / 'rgb' / 's01_0101.h5').unlink()
    browse(prepared, tmp_path / 'out', videos=[])
    assert {path.name for path in (tmp_path / 'out').iterdir()} == {'index.html', 'statistics.png'}
    with pytest.raises(FileNotFoundError, match=r's01_0101\.h5'):
        browse(prepared, tmp_path / 'out')


@pytest.mark.parametrize(
    ('video', 'message'), [('s09_0101', "no video 's09_0101'; its 2 videos"), ('s01_0102', 'has no event')]
)
def test_names_a_video_that_cannot_be_drawn(prepared: Path, tmp_path: Path, video: str, message: str) -> None:
    with pytest.raises(MESpotError, match=message):
        browse(prepared, tmp_path / 'out', videos=[video])


def test_without_pictures_the_page_holds_the_statistics_and_says_so(prepared: Path, tmp_path: Path) -> None:
    (prepared / 'rgb').rename(tmp_path / 'elsewhere')
    page = browse(prepared, tmp_path / 'out').read_text()
    assert 'the stream rgb was not prepared' in page and '<td>2, 1 without an event</td>' in page
    with pytest.raises(MESpotError, match='rgb was not prepared; run tools'):
        browse(prepared, tmp_path / 'out', ['s01_0101'])
