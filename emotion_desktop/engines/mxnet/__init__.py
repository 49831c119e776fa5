"""MXNet models: read without MXNet, converted to ONNX, or run by MXNet itself."""
