"""Amazon Rekognition as a predictor."""
