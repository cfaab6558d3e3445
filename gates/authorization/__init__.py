"""AWS's service authorization reference, and its sample policies, over every IAM document."""
