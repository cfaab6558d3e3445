"""The web application as the target of drills."""
