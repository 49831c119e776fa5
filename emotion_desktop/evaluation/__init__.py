"""Scores of a classifier on labelled photos."""
