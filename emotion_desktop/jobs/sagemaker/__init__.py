"""The verbs of Amazon SageMaker: train, watch, bring back, transform, clean up."""
