"""What balancers read from the emulator and write to it: configuration, health, metrics, logs."""

import asyncio
import gzip
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Protocol

import aiohttp
import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from localcloud.core.state import CloudState
from localcloud.fleet.balancer.metrics import Datum
from localcloud.fleet.balancer.model import BalancerConfiguration
from localcloud.fleet.balancer.reading import configuration

PATIENCE_S = 5.0
_LOGGER = logging.getLogger("localcloud.fleet")


class Unreachable(Exception):
    """The control plane did not answer; what was read before stays in force."""


class ControlPlane(Protocol):
    """The AWS APIs that a balancer needs."""

    async def read(self) -> BalancerConfiguration:
        """The configuration now. Raises Unreachable."""

    async def tell(self, health: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Say what was found of all targets, by ARN of their group. Raises Unreachable."""

    async def measure(self, region: str, data: Sequence[Datum]) -> None:
        """Put metrics. Raises Unreachable."""

    async def store(self, region: str, bucket: str, key: str, lines: Sequence[str]) -> None:
        """Put an access log; what cannot be put is lost."""


class EmulatedControlPlane:
    """The emulator of one local cloud, through its gate and its APIs."""

    def __init__(self, cloud: CloudState) -> None:
        self._cloud = cloud
        self._client = _clients(cloud)

    async def read(self) -> BalancerConfiguration:
        """The configuration now. Raises Unreachable."""
        found = configuration(await self._order("snapshot", {}))
        for region in {balancer.region for balancer in found.balancers if balancer.logs.bucket}:
            # Now, because to make one costs a third of a second, which requests would feel later.
            await asyncio.to_thread(self._client, "s3", region)
        return found

    async def tell(self, health: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Say what was found of all targets, by ARN of their group. Raises Unreachable."""
        await self._order("health", {"groups": health})

    async def measure(self, region: str, data: Sequence[Datum]) -> None:
        """Put metrics. Raises Unreachable."""
        await self._order("metrics", {"region": region, "data": data})

    async def store(self, region: str, bucket: str, key: str, lines: Sequence[str]) -> None:
        """Put an access log; what cannot be put is lost."""
        body = gzip.compress("".join(f"{line}\n" for line in lines).encode())
        client = self._client("s3", region)
        await _tried(partial(client.put_object, Bucket=bucket, Key=key, Body=body))

    async def _order(self, name: str, order: Mapping[str, Any]) -> Any:
        url = f"{self._cloud.operator_endpoint}/_gate/balancers/{name}"
        headers = {"X-Localcloud-Token": self._cloud.token}
        timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
                session.post(url, json=order) as answer,
            ):
                answer.raise_for_status()
                return await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Unreachable(str(error)) from error


async def _tried(call: Callable[[], object]) -> None:
    try:
        await asyncio.to_thread(call)
    except (BotoCoreError, ClientError) as error:
        _LOGGER.warning("a balancer could not tell: %s", error)


def _clients(cloud: CloudState) -> Callable[[str, str], Any]:
    session = boto3.Session(
        aws_access_key_id=cloud.access_key_id, aws_secret_access_key=cloud.secret_access_key
    )
    make: Callable[..., Any] = session.client
    patience = Config(
        connect_timeout=1, read_timeout=PATIENCE_S, retries={"total_max_attempts": 2}, proxies={}
    )

    @cache
    def client(service: str, region: str) -> Any:
        return make(service, region_name=region, endpoint_url=cloud.operator_endpoint, config=patience)

    return client
