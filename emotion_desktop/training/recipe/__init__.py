"""What a training is to be: recipes, their options and limits, the request."""
