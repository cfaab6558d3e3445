"""What every part of the local cloud stands on."""
