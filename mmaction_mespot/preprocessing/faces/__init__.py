"""Face detection, landmarks, tracking and alignment, all in plain OpenCV."""

from .alignment import map_points, warp
from .detector import FaceDetection, FaceDetector
from .follower import FaceFollower, FollowedFace
from .mesh import FaceMesh
from .models import FaceModelPaths, find_face_models
from .regions import grid_means, head_motion, region_means
from .tracker import FaceTracker, NoFaceError

__all__ = [
    'FaceDetection',
    'FaceDetector',
    'FaceFollower',
    'FaceMesh',
    'FaceModelPaths',
    'FaceTracker',
    'FollowedFace',
    'NoFaceError',
    'find_face_models',
    'grid_means',
    'head_motion',
    'map_points',
    'region_means',
    'warp',
]
