"""Containers and a database in one region, which outlive the loss of a zone."""
