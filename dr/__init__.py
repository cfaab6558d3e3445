"""What an operator types: the `dr` command."""
