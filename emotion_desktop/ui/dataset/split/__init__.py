"""Splitting and balancing on screen."""
