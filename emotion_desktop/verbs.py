"""The words that mean a verb, not a file: known without loading the command line."""

VERBS = frozenset(
    {
        *("aws", "classify", "dataset", "doubtful", "evaluate", "models", "runs", "sagemaker"),
        *("install-launcher", "rekognition", "remove-launcher", "train"),
    }
)
