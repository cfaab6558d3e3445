"""What a drill has found, for people and machines."""
