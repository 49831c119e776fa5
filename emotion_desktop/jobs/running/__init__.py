"""How jobs are run: the manager and its lanes, the worker process and its protocol."""
