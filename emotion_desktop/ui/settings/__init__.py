"""The settings in use, and the dialog that changes them."""
