"""Small widgets used on several screens."""
