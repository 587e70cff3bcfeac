"""Opening a video file in FFmpeg, safely."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from .frame import VideoError
from .video_source import MAX_PIXELS, check_size

FFmpegError = av.error.FFmpegError
# Containers of moving pictures alone: text may pass for a playlist, and a playlist names other files.
_FORMATS = (
    'mov,mp4,matroska,webm,avi,mpeg,mpegts,mpegvideo,flv,asf,ogg,mxf,gif,apng,dv,rm,nut,ivf,h264,hevc,av1,obu,'
    'm4v,mjpeg,yuv4mpegpipe,wtv'
)
# Up to PyAV 18, tags that are no UTF-8 end in an error unless told otherwise; 19 reads them, with no option.
_TAGS: dict[str, Any] = {'metadata_errors': 'replace'} if hasattr(InputContainer, 'metadata_errors') else {}
_MAX_THREADS = 4
_MAX_READ_FAILURES = 100
_LEAST_BOX, _MAX_BOXES = 8, 100_000


def open_container(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a video file and choose its stream of moving pictures.

    Returns:
        The container, to be closed, and the stream.

    Raises:
        VideoError: There is no such file, it is empty or no video, or holds no moving pictures.
    """
    if not path.is_file():
        raise VideoError(f'{path}: no such file, expected a video')
    try:
        if path.stat().st_size == 0:
            raise VideoError(f'{path}: empty file (0 bytes)')
        container = av.open(
            f'file:{path}',
            container_options={'format_whitelist': _FORMATS, 'protocol_whitelist': 'file'},
            **_TAGS,
        )
    except (FFmpegError, OSError) as error:
        raise VideoError(f'{path}: not a readable video ({_reason(error, path)})') from error
    try:
        return container, _moving_pictures(container, path)
    except VideoError:
        container.close()
        raise


def read_packets(container: InputContainer, stream: VideoStream) -> Iterator[av.Packet | None]:
    """The packets of a stream, the last one empty; None where reading failed, given up after 100 failures."""
    failures = 0
    while failures < _MAX_READ_FAILURES:
        try:
            yield from container.demux(stream)
            return
        except FFmpegError:
            failures += 1
            yield None


def second_part(path: Path) -> int | None:
    """Byte at which a second video begins in an MP4 file; FFmpeg, which reads on in others, stops before it.

    Returns:
        The place, or None if the file is no MP4, or one video.
    """
    size, place = path.stat().st_size, 0
    with path.open('rb') as file:
        for _ in range(_MAX_BOXES):
            file.seek(place)
            head = file.read(16)
            if (place == 0) == (head[4:8] != b'ftyp'):
                return place or None
            length = int.from_bytes(head[:4], 'big')
            if length == 1:
                length = int.from_bytes(head[8:16], 'big')
            if length < _LEAST_BOX or place + length + _LEAST_BOX > size:
                return None
            place += length
    return None


def _reason(error: BaseException, path: Path) -> str:
    """What FFmpeg or the system says, in plain words where that is known."""
    if isinstance(error, av.error.InvalidDataError | av.error.EOFError) and _is_mp4(path):
        return 'its index is missing or damaged: cut off, or the recording was never closed'
    if getattr(error, 'errno', None) == errno.EINVAL:
        return 'its content is of another kind, whatever its name says'
    return getattr(error, 'strerror', None) or str(error)


def _is_mp4(path: Path) -> bool:
    with path.open('rb') as file:
        return file.read(8)[4:] == b'ftyp'


def _moving_pictures(container: InputContainer, path: Path) -> VideoStream:
    """The first stream of moving pictures (a cover is none) that can be decoded, ready to be."""
    kinds = ', '.join(sorted({stream.type for stream in container.streams})) or 'nothing'
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        raise VideoError(f'{path}: holds no moving pictures, found {kinds}')
    for stream in streams:
        context = stream.codec_context
        if context is not None:
            if context.width and context.height:
                check_size(str(path), context.width, context.height)
            context.options = {'max_pixels': str(MAX_PIXELS)}
            context.thread_type = 'AUTO'
            context.thread_count = min(_MAX_THREADS, os.cpu_count() or 1)
            return stream
    raise VideoError(f'{path}: its moving pictures are in a format that FFmpeg cannot decode here')
