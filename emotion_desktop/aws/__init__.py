"""Amazon Web Services: sessions, S3 and SageMaker, and what goes wrong there put into words.

boto3 is imported here alone, inside functions.
"""
