"""Where drills run: what a target must offer, and each system's own."""
