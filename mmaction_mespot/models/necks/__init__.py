from .bifpn3d import BiFPN3D

__all__ = ['BiFPN3D']
