"""Neural nets, and what they run on."""
