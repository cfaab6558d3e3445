"""What the local cloud of each system is made of: a file a system."""
