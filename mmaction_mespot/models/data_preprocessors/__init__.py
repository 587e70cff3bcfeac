from .feature_data_preprocessor import FeatureDataPreprocessor
from .spotting_data_preprocessor import SpottingDataPreprocessor

__all__ = ['FeatureDataPreprocessor', 'SpottingDataPreprocessor']
