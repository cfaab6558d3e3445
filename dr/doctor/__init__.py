"""The doctor: does an account have what a deployment cannot bring itself? It reads, and creates nothing."""
