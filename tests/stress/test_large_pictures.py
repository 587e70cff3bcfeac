"""Pictures and films whose size alone would fill the memory are refused by their first bytes."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from tool_runs import run_tool

from mmaction_mespot.preprocessing.video.frame import FrameError
from mmaction_mespot.preprocessing.video.image import read_image


def png_of(path: Path, width: int, height: int) -> Path:
    """A PNG that says its size and goes no further."""
    head = b'IHDR' + struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack('>I', 13) + head + struct.pack('>I', zlib.crc32(head))
    path.write_bytes(b'\x89PNG\r\n\x1a\n' + chunk + struct.pack('>I', 4) + b'IDAT' + bytes(8))
    return path


@pytest.mark.parametrize('size', [(20_000, 20_000), (8193, 4608), (60_000, 3000)])
def test_pictures(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(FrameError, match=r'a\.png: .*expected up to 37\.7 million pixels'):
        read_image(png_of(tmp_path / 'a.png', *size))


def gif_of(path: Path, size: tuple[int, int], frames: int) -> Path:
    """A real GIF; all frames but the first are the second one again."""
    first, second = (Image.new('P', size, colour) for colour in (1, 2))
    first.save(path, save_all=True, append_images=[second], duration=40)
    data = path.read_bytes()
    place = data.rfind(b'\x21\xf9\x04')
    path.write_bytes(data[:place] + data[place:-1] * (frames - 1) + b'\x3b')
    return path


def folder_of(path: Path) -> Path:
    path.mkdir()
    for number in range(5):
        png_of(path / f'{number:03d}.png', 20_000, 20_000)
    return path


@pytest.mark.parametrize(
    'make',
    [
        lambda folder: gif_of(folder / 'a.gif', (8000, 8000), 100),
        lambda folder: gif_of(folder / 'a.gif', (65_535, 1), 100),
        lambda folder: folder_of(folder / 'a'),
    ],
    ids=['8000 x 8000 x 100', '65535 x 1', 'folder'],
)
def test_films(tmp_path: Path, make) -> None:
    film = make(tmp_path)
    end = run_tool('spot', film, '--fps', 30, '--model', 'flow', '--quiet', '--out', tmp_path / 'out')
    assert end.code == 1 and end.error.count('\n') == 1, end.error
    assert str(film) in end.error and '37.7 million pixels' in end.error
