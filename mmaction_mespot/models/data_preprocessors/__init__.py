from .spotting_data_preprocessor import SpottingDataPreprocessor

__all__ = ['SpottingDataPreprocessor']
