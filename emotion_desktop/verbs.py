"""The words that mean a verb, not a file: known without loading the command line."""

VERBS = frozenset(
    {
        *("classify", "dataset", "evaluate", "models", "runs", "train"),
        *("install-launcher", "remove-launcher"),
    }
)
