"""Keys, roles, secrets, and who watches that all is as it should be."""
