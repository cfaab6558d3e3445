"""AWS on your machine: emulated AWS with a region gate, a PostgreSQL pair, DNS, and what starts them."""
