"""Frames with time stamps out of video files, folders of images and arrays."""

from .frame import FrameError, NoFaceVideoError, NoteList, TimedFrame, VideoError
from .open import open_video_source
from .resample import resample, working_fps
from .video_source import VideoSource

__all__ = [
    'FrameError',
    'NoFaceVideoError',
    'NoteList',
    'TimedFrame',
    'VideoError',
    'VideoSource',
    'open_video_source',
    'resample',
    'working_fps',
]
