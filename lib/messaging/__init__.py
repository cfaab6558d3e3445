"""Events, and what becomes of those that nobody took."""
