"""The model store on screen."""
