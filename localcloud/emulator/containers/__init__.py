"""Containers that are processes of this machine, behind what ministack's ECS asks of a Docker client.

A container runs the layers of its image on this machine's Python, as functions do. It is not walled in: all
containers of an image share one copy of its files, which nothing but their own manners protects.
"""
