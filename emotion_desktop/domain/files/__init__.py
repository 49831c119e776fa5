"""Which files are photos, labelled data and models, by their names and formats."""
