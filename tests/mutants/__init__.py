"""Mutation score of what runs in AWS: `python -m tests.mutants`."""
