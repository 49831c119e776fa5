"""The guide, opened from the window."""
