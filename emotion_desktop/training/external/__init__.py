"""Models that other programs made with Keras, TensorFlow or ONNX, brought into a bundle."""
