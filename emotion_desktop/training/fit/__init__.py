"""The training loop: steps, augmentation, validation, checkpoints."""
