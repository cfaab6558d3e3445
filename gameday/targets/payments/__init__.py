"""The payments system as the target of drills."""
