"""Emotion Desktop: classify facial expressions, and train and judge classifiers honestly."""

__version__ = "0.1.0"
