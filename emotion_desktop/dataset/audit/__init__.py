"""What is wrong with the data set, found and mended."""
