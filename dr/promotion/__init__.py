"""`dr promote-replica`: the replica of a system with one region becomes its writer."""
