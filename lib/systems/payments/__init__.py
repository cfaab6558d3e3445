"""The payments system, in two regions."""
