"""Clients that pay while a drill runs, and what they remember."""
