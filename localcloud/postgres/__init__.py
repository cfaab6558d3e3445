"""Two PostgreSQL servers that stand for Aurora's global database: see `localcloud.postgres.pair`."""
