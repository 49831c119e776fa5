"""Amazon Rekognition as a reader of photos."""
