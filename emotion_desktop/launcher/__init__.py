"""The menu entry and file associations of each desktop system."""
