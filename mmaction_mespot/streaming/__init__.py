"""From a video of any length to aligned crops and optical flow, in one pass and bounded memory."""

from .align import align_stream
from .aligned_frame import AlignedFrame
from .find_faces import find_faces
from .motion import motion_stream
from .motion_entry import MotionEntry
from .resample import resample, working_fps
from .timed_frame import TimedFrame
from .video_error import NoFaceVideoError, VideoError
from .video_source import VideoSource, open_video_source

__all__ = [
    'AlignedFrame',
    'MotionEntry',
    'NoFaceVideoError',
    'TimedFrame',
    'VideoError',
    'VideoSource',
    'align_stream',
    'find_faces',
    'motion_stream',
    'open_video_source',
    'resample',
    'working_fps',
]
