"""Instances, Auto Scaling groups and load balancers of the local cloud, as processes of this machine."""
