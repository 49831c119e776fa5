"""The words that mean a verb, not a file: known without loading the command line."""

VERBS = frozenset(
    {
        *("aws", "classify", "dataset", "evaluate", "models", "runs", "sagemaker", "train"),
        *("install-launcher", "remove-launcher"),
    }
)
