"""TensorFlow and Keras, imported quietly and with the settings that the nets rely on.

Only the worker process imports this, and everything in this package that needs TensorFlow gets it
from here: the settings must be made before the first import.
"""

from __future__ import annotations

import os

# Errors only: its notes on hardware mean nothing to a user.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

# A keras.json in the user's home folder may say otherwise.
keras.config.set_image_data_format("channels_last")
keras.config.set_floatx("float32")

__all__ = ["keras", "tf"]
