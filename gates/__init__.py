"""Judges that need no cloud: each looks at what was synthesized (or planned) and returns findings."""
