"""Face detection, landmarks, tracking and alignment, all in plain OpenCV."""

from .detector import FaceDetector
from .face_detection import FaceDetection
from .mesh import FaceMesh
from .models import FaceModelPaths, fetch_face_models

__all__ = ['FaceDetection', 'FaceDetector', 'FaceMesh', 'FaceModelPaths', 'fetch_face_models']
