"""A recipe of this program on SageMaker, by AWS's TensorFlow container."""
