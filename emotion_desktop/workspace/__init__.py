"""What is on disk: paths, settings, catalogue and what is kept in it, model store, log."""
