from .spotting_data_preprocessor import FeatureDataPreprocessor, SpottingDataPreprocessor

__all__ = ['FeatureDataPreprocessor', 'SpottingDataPreprocessor']
