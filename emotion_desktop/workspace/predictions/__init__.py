"""What models said of photos, kept by the photo's content."""
