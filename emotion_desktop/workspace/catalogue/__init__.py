"""The data set: photos, labels, persons, splits, edits and audits in one SQLite database."""
