"""How well a model does on a labelled data set, on screen."""
