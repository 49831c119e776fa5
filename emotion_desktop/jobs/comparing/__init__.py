"""Jobs that score models, compare them, and look for doubtful labels."""
