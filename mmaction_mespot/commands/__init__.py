"""The command ``mespot``."""
