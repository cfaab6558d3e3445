"""What a drill does: scenarios, faults, and what they start from."""
