"""Clients of services that moto plays, of one session: reading its models costs far more than a test."""

from functools import cache
from typing import Any

import boto3
import moto  # noqa: F401 - its hook must be there before any session is made
from botocore.config import Config


@cache
def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")


def client(service: str, region: str = "us-east-1") -> Any:
    """Of use inside `mock_aws()`; settings of the machine do not count."""
    settings = Config(ignore_configured_endpoint_urls=True)
    return _session().client(service, region_name=region, config=settings)
