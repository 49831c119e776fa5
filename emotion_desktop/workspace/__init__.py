"""What is on disk: paths, settings, catalogue, model store, log."""
