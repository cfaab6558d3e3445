"""The DNS names of single databases, as RDS makes them of an identifier and a part that is the account's."""

ACCOUNT_PART = "c0localcloud"
PORT = 5432


def address(identifier: str, region: str) -> str:
    """The host name of the database *identifier*."""
    return f"{identifier}.{ACCOUNT_PART}.{region}.rds.amazonaws.com"
