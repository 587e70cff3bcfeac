from .crn_head import CRNHead

__all__ = ['CRNHead']
