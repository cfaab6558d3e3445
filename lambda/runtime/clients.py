"""boto3 clients of the own region, with timeouts short enough for a failover.

boto3's defaults wait a minute for an answer: in a disaster that is longer than the whole detection.
"""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError

from runtime import environment

CONNECT_TIMEOUT_S = 1.0
READ_TIMEOUT_S = 2.0
ATTEMPTS = 3
CONNECTIONS = 10


@cache
def client(
    service: str,
    *,
    read_timeout: float = READ_TIMEOUT_S,
    attempts: int = ATTEMPTS,
    connections: int = CONNECTIONS,
) -> Any:
    """The client of an AWS service in the region this function runs in, one a process.

    Args:
        service: boto3's name of the service, "dynamodb".
        read_timeout: seconds to wait for an answer.
        attempts: tries in all, the first included. Standard mode also retries the write conflicts
            of strongly consistent global tables.
        connections: calls that are made at the same time.
    """
    # The region is explicit because boto3 does not read AWS_REGION, and a profile's must not win.
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name=environment.region(),
        config=_config(read_timeout, attempts, connections),
    )


def assumed(service: str, role_arn: str, *, region: str, read_timeout: float = READ_TIMEOUT_S) -> Any:
    """A client in another region, with a role that must be taken for it: for planned work only.

    The role is taken through the own region's STS, and its external id is its name. One attempt.
    """
    name = role_arn.rpartition("/")[2]
    taken = client("sts").assume_role(RoleArn=role_arn, RoleSessionName=name, ExternalId=name)["Credentials"]
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name=region,
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
        config=_config(read_timeout, attempts=1),
    )


def credentials() -> Credentials:
    """Those of whoever runs this: in a function its role's.

    Raises:
        NoCredentialsError: there are none.
    """
    found = boto3.Session().get_credentials()
    if found is None:
        raise NoCredentialsError
    return found


def _config(read_timeout: float, attempts: int, connections: int = CONNECTIONS) -> Config:
    return Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=read_timeout,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
