"""Auto Scaling groups: pure decisions by the documented rules, and a keeper that carries them out."""
