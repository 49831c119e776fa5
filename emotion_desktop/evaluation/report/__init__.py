"""The report of a comparison: an HTML file, the same as Markdown, a notebook that repeats it."""
