"""The single-region system as the target of drills."""
