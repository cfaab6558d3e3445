"""Clients of services that moto plays: making one costs more than most tests."""

from functools import cache
from typing import Any

import boto3
import botocore.session
import moto  # noqa: F401 - its hook must be there before any session is made
from botocore.config import Config


@cache
def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")


@cache
def client(service: str, region: str = "us-east-1") -> Any:
    """One a process. Of use inside `mock_aws()`; a test hooks it by the fixture `hook` only."""
    return own_client(service, region)


def own_client(service: str, region: str = "us-east-1") -> Any:
    """One that a test may change; settings of the machine do not count."""
    settings = Config(ignore_configured_endpoint_urls=True)
    return _session().client(service, region_name=region, config=settings)


@cache
def model(service: str) -> Any:
    """What AWS publishes of a service."""
    return botocore.session.get_session().get_service_model(service)
