"""The guard: no plan may destroy, replace or detach what holds state. Pure but for its command."""
