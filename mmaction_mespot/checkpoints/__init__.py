"""Trained networks that ship with the package."""

from .shipped_model import ShippedModel, shipped_model

__all__ = ['ShippedModel', 'shipped_model']
