"""What runs inside an instance: stand-ins for the few programs of Amazon Linux 2023 that user data needs.

They import nothing of this repository, and only `aws` imports more than the standard library.
"""
