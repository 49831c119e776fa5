"""Jobs around trainings on this computer: start, go on, repeat, list."""
