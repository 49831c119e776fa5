"""Amazon Web Services, as far as the program uses them, over real HTTP on this machine."""
