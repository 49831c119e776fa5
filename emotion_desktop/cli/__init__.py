"""The command line: every verb of the window, without it."""
