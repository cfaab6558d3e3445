"""Deploying one region alone, and destroying everything in an order that works wherever the writer is."""
