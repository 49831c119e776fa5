"""Labelled photos: reading them, their persons, honest splits."""
