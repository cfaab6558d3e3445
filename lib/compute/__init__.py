"""Functions, and what stands around them."""
