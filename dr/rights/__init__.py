"""What whoever deploys and whoever looks may do, as documents of IAM that are made from the settings."""
