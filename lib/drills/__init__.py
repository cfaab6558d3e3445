"""Drills of a deployed system: pure values, no construct."""
