"""The verbs of the data set: import, audit, edit, split, export, and what a user asks of it."""
