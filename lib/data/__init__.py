"""Stores and their backups."""
