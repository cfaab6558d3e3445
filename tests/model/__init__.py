"""The executable model of the failover protocol: the real code in a world of simulated parts.

docs/model.md says what is modelled, what is not, and how a failing schedule is replayed.
"""
