"""Classifiers behind one protocol, and the model bundle they come in."""
