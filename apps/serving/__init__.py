"""How every application of ours is served: the server, what each request passes, where it listens."""
