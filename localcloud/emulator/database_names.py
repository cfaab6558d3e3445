"""The DNS names of single databases, as RDS makes them of an identifier and a part that is the account's."""

ACCOUNT_PART = "c0localcloud"
PORT = 5432


def address(identifier: str, region: str) -> str:
    """The host name of the database *identifier*."""
    return f"{identifier}.{ACCOUNT_PART}.{region}.rds.amazonaws.com"


def cluster_address(name: str, region: str) -> str:
    """Where the instance of the cluster *name* answers that takes writes."""
    return f"{name}.cluster-{ACCOUNT_PART}.{region}.rds.amazonaws.com"


def reader_address(name: str, region: str) -> str:
    """Where its readers answer, or the writer where there is none."""
    return f"{name}.cluster-ro-{ACCOUNT_PART}.{region}.rds.amazonaws.com"
