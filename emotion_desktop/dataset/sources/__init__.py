"""Reading labelled photos as people keep them: folders, tables, pixel tables, RecordIO."""
