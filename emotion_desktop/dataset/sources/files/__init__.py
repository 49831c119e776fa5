"""Files as they lie in folders: walking them, finding them by name, what is in them."""
