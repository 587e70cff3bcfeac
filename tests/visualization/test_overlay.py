from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from mmaction_mespot.visualization import overlay
from mmaction_mespot.visualization.overlay import OverlayPainter, write_video
from mmaction_mespot.visualization.video_timeline import TimelineBar

TIME = np.arange(0, 10, 0.1)
BARS = [TimelineBar(2.0, 3.0, 0, 0.9)]
BOX = np.array([10.0, 20.0, 60.0, 80.0, 1.0])


def painter(size: tuple[int, int] = (160, 121)) -> OverlayPainter:
    return OverlayPainter(size, 10.0, BARS, TIME, np.zeros((2, 100)), [0.6, 0.5])


def test_small_videos_are_enlarged_and_all_sides_are_even() -> None:
    painted = painter()
    image = painted.paint(np.zeros((121, 160, 3), np.uint8), 0.0, [])
    assert image.shape[:2] == painted.size[::-1]
    assert painted.size[0] == 480 and painted.size[0] % 2 == painted.size[1] % 2 == 0
    assert painter((3840, 2160)).size[0] == 1280


def test_the_box_has_the_colour_of_the_class_during_an_interval() -> None:
    frame = np.full((121, 160, 3), 90, np.uint8)
    corner = (slice(59, 62), 100)  # the upper edge of the box, three times as large
    during = painter().paint(frame, 2.5, [BOX])
    before = painter().paint(frame, 1.0, [BOX])
    lost = painter().paint(frame, 2.5, [np.r_[BOX[:4], 0.0]])
    assert during[corner].max(0)[2] > 150 > during[corner].min(0)[0]  # blue, MaE
    assert before[corner].max() > 200 and np.ptp(before[corner].max(0)) == 0
    assert 120 < lost[corner].max() <= 150 and np.ptp(lost[corner].max(0)) == 0
    # The label stands in the corner while the interval lasts.
    assert during[8:32, 8:60].max() == 255 > before[8:32, 8:60].max()


def test_the_cursor_moves_with_the_time() -> None:
    frame = np.zeros((121, 160, 3), np.uint8)
    strips = [painter().paint(frame, time_s, [])[-20] for time_s in (0.0, 5.0, 10.0)]
    places = [int(np.flatnonzero((strip == 20).all(1)).mean()) for strip in strips]
    assert places[0] < places[1] < places[2]
    assert places[1] == pytest.approx((places[0] + places[2]) / 2, abs=1.5)


def test_what_is_written_is_h264_that_browsers_play(tmp_path: Path) -> None:
    frames = [np.full((32, 48, 3), value, np.uint8) for value in (0, 120, 240)]
    path = write_video(iter(frames), 29.97, (48, 32), tmp_path / 'new' / 'overlay.mp4')
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ('h264', 'yuv420p')
        assert float(stream.average_rate) == pytest.approx(29.97, rel=1e-3)
        shown = [frame.to_ndarray(format='rgb24').mean() for frame in container.decode(stream)]
    assert shown == pytest.approx([0, 120, 240], abs=6)
    data = path.read_bytes()
    assert data.index(b'moov') < data.index(b'mdat')  # plays before it is loaded whole


def test_a_broken_off_video_leaves_nothing(tmp_path: Path) -> None:
    def frames():
        yield np.zeros((32, 48, 3), np.uint8)
        raise RuntimeError('broken off')

    with pytest.raises(RuntimeError, match='broken off'):
        write_video(frames(), 30.0, (48, 32), tmp_path / 'overlay.mp4')
    assert list(tmp_path.iterdir()) == []


def test_without_an_encoder_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlay, 'ENCODERS', ('nothing',))
    with pytest.raises(ValueError, match=r'no H\.264 encoder'):
        write_video([], 30.0, (48, 32), tmp_path / 'overlay.mp4')
