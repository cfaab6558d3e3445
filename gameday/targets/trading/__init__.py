"""The trading platform as the target of drills."""
