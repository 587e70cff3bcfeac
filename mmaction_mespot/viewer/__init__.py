"""A local page to look at results of ``tools/spot.py`` and to correct them."""

from .viewer_server import ViewerServer

__all__ = ['ViewerServer']
