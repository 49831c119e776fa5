"""Long trials, each a program: python -m tests.campaigns.NAME; not part of the tests."""
