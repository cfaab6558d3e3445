"""How durable requests come in over HTTP: read, checked, taken under the lease, or passed to its holder."""
