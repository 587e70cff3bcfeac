"""Tables over all videos of a study."""

from .study import Study

__all__ = ['Study']
