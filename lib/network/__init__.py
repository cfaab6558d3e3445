"""Networks, the ways between them, and the public name."""
