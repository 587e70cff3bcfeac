"""From the frames of a video of any length to aligned crops and flow, in one pass and bounded memory."""

from .align import align_stream
from .aligned_frame import AlignedFrame
from .find_faces import find_faces
from .motion import motion_stream
from .motion_entry import MotionEntry

__all__ = ['AlignedFrame', 'MotionEntry', 'align_stream', 'find_faces', 'motion_stream']
