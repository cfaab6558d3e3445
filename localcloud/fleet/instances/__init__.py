"""EC2 instances as process groups of this machine: boot, metadata service, faults."""
