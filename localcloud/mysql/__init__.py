"""MySQL without root and without Docker: its programs, and servers of them."""
