"""Recipes, the Keras loop, and the bundle it leaves; worker process only."""
