"""Systems in two regions, of which one holds the lease, as targets of drills."""
