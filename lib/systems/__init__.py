"""One folder a system: its stacks, its settings, its alarms."""
