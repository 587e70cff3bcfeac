"""Label tables of the data sets, read into one common annotation file."""

from .annotation_error import AnnotationError
from .casme2 import read_casme2
from .casme3 import read_casme3
from .fourdme import read_fourdme
from .label_csv import read_labels
from .own import read_own
from .read_report import ReadReport
from .registry import READERS, read_dataset
from .samm import read_samm
from .schema import load_annotations, save_annotations, validate_annotations
from .smic import read_smic

__all__ = [
    'READERS',
    'AnnotationError',
    'ReadReport',
    'load_annotations',
    'read_casme2',
    'read_casme3',
    'read_dataset',
    'read_fourdme',
    'read_labels',
    'read_own',
    'read_samm',
    'read_smic',
    'save_annotations',
    'validate_annotations',
]
