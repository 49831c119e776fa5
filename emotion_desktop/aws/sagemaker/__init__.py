"""SageMaker: training and batch transform jobs, their settings, logs, prices and leftovers."""
