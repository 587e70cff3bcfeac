"""Prepared videos on disk: crops, flow and the record of how they were made."""
