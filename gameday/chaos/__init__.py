"""Scenarios as experiments of the Chaos Toolkit, and the commands that these experiments call."""
