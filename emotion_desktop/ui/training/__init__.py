"""Training on screen: set up, watched, listed, compared."""
