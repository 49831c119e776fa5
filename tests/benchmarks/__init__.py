"""Programs that measure speed as ratios in one run: ``python -m tests.benchmarks.NAME``."""
