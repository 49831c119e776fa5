"""Tables of labels: rows and cells, which column holds what, what the labels mean."""
