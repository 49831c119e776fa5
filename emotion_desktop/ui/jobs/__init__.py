"""Jobs in the window: how they are started and shown."""
