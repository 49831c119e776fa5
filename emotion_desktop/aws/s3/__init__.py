"""S3: buckets, objects, transfers that can be resumed, photos in and out."""
