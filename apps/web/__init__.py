"""A notice board that stays readable: entries in PostgreSQL, files in S3, on instances behind a balancer."""
