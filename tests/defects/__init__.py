"""Defects that the tests must catch: `python -m tests.defects`."""
