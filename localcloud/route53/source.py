"""Reads Route 53's control plane and CloudWatch's alarms with boto3."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from localcloud.route53 import parsing
from localcloud.route53.inputs import Alarms, Source
from localcloud.route53.records import AlarmId, AlarmState, Configuration, ControlPlaneError

CONTROL_PLANE_REGION = "us-east-1"
IMPATIENT = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1}, proxies={})
"""The next reading is a second away: better to miss one than to wait."""

_LOGGER = logging.getLogger(__name__)


def route53_source(endpoint_url: str, key: str, secret: str) -> Source:
    """A source that lists all zones, records and health checks of one account.

    Args:
        endpoint_url: The AWS API.
        key: Access key id.
        secret: Secret access key.
    """
    client = _clients(endpoint_url, key, secret)("route53", CONTROL_PLANE_REGION)

    async def read() -> Configuration:
        try:
            return await asyncio.to_thread(_read, client)
        except (BotoCoreError, ClientError) as error:
            raise ControlPlaneError(str(error)) from error

    return read


def alarm_source(endpoint_url: str, key: str, secret: str) -> Alarms:
    """A reader of alarm states; takes the arguments of `route53_source`.

    AWS watches an alarm's data stream where this reads its state, so SetAlarmState moves a health
    check here and does not in AWS. Alarms of a region that does not answer are left out.
    """
    clients = _clients(endpoint_url, key, secret)

    async def read(alarms: Collection[AlarmId]) -> Mapping[AlarmId, AlarmState]:
        names = defaultdict(list)
        for alarm in alarms:
            names[alarm.region].append(alarm.name)
        states = await asyncio.gather(
            *(
                asyncio.to_thread(_alarm_states, clients("cloudwatch", region), region, wanted)
                for region, wanted in names.items()
            )
        )
        return {alarm: state for regional in states for alarm, state in regional.items()}

    return read


def _clients(endpoint_url: str, key: str, secret: str) -> Callable[[str, str], Any]:
    """Makes one client a service and region, by static credentials and without a proxy."""
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key=secret)
    make: Callable[..., Any] = session.client

    @cache
    def client(service: str, region: str) -> Any:
        return make(service, region_name=region, endpoint_url=endpoint_url, config=IMPATIENT)

    return client


def _read(client: Any) -> Configuration:
    zones = [
        parsing.zone(
            zone["Name"],
            _pages(client, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone["Id"]),
            private=zone.get("Config", {}).get("PrivateZone", False),
        )
        for zone in _pages(client, "list_hosted_zones", "HostedZones")
    ]
    return parsing.configuration(zones, _pages(client, "list_health_checks", "HealthChecks"))


def _pages(client: Any, operation: str, key: str, **arguments: str) -> list[Any]:
    """Everything a paginated operation lists under `key`."""
    pages = client.get_paginator(operation).paginate(**arguments)
    return [item for page in pages for item in page[key]]


def _alarm_states(client: Any, region: str, names: list[str]) -> dict[AlarmId, AlarmState]:
    try:
        alarms = client.describe_alarms(AlarmNames=names)["MetricAlarms"]
    except (BotoCoreError, ClientError) as error:
        _LOGGER.info("no alarm states from %s: %s", region, error)
        return {}
    return {
        AlarmId(region=region, name=alarm["AlarmName"]): AlarmState(alarm["StateValue"]) for alarm in alarms
    }
