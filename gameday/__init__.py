"""Drills: real load, a real fault, and a check of every acknowledged payment against the ledger."""
