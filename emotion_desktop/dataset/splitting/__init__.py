"""Splits by person, and what leaks from one part into another."""
