"""Amazon SageMaker on screen: its card, the account, the confirmation, the jobs there."""
