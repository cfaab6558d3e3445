"""Settings: what a human wrote, typed and checked, by subject."""
