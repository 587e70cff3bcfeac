from .me_spotter import MESpotter

__all__ = ['MESpotter']
