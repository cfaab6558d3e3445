"""Publishes the image of the applications: their layer upon an image with Python, without Docker."""
