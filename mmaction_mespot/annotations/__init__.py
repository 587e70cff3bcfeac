"""Label tables of the data sets, read into one common annotation file."""

from .annotation_error import AnnotationError
from .casme2 import read_casme2
from .read_report import ReadReport
from .schema import load_annotations, save_annotations, validate_annotations

__all__ = [
    'AnnotationError',
    'ReadReport',
    'load_annotations',
    'read_casme2',
    'save_annotations',
    'validate_annotations',
]
