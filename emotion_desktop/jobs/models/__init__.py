"""Jobs of the model store, and imports of models that other programs trained."""
