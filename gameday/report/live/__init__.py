"""A drill while it runs: on the terminal, and as a page that a browser on this machine can watch."""
