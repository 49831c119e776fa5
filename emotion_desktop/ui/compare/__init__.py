"""Models compared on labelled photos, and the labels that are doubted."""
