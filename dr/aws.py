"""The only place where `dr` talks to AWS and to the regions' APIs."""

import urllib.error
import urllib.request

import boto3
from botocore.config import Config

from dr.deployment import Deployment
from failover.lease import Lease
from failover.lease_table import LeaseTable

TIMEOUT_S = 3.0
IMPATIENT = Config(connect_timeout=TIMEOUT_S, read_timeout=TIMEOUT_S, retries={"total_max_attempts": 1})


def read_lease(deployment: Deployment, region: str) -> Lease | None:
    """The lease as *region*'s replica shows it. Raises LeaseUnknown when it cannot be read there."""
    client = boto3.client("dynamodb", region_name=region, config=IMPATIENT)
    return LeaseTable(client, deployment.lease_table, deployment.system).read()


def probe(endpoint: str, path: str) -> int | None:
    """Status of GET *endpoint* + *path*, or None when there is no answer within three seconds."""
    try:
        with urllib.request.urlopen(endpoint + path, timeout=TIMEOUT_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None
