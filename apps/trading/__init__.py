"""The order API on instances: one process a machine, behind its region's load balancer."""
