"""The words that mean a verb, not a file: known without loading the command line."""

VERBS = frozenset(
    {"classify", "evaluate", "train", "models", "runs", "install-launcher", "remove-launcher"}
)
