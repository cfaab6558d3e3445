"""What every function shares: its environment, clients, parameters, database and logs."""
