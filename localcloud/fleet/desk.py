"""The fleet's way to the emulator: one snapshot of all it needs, a few orders, and AWS's own API."""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

WITHIN_S = 20.0


@dataclass(slots=True, kw_only=True)
class Desk:
    """Calls block; any thread may call."""

    url: str
    token: str
    account: str
    access_key_id: str
    secret_access_key: str
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def snapshot(self) -> dict[str, Any]:
        """What /_gate/fleet answers."""
        return self._call("fleet", None)

    def tell(self, order: str, **told: object) -> dict[str, Any]:
        """Carry out one of the orders of localcloud/emulator/fleet.py."""
        return self._call(f"fleet/{order}", told)

    def set_instance(self, region: str, instance: str, **told: object) -> None:
        """The instance is in another *state*, or *impaired*."""
        self.tell("instance", region=region, id=instance, **told)

    def session(self, region: str, profile: str, instance: str) -> dict[str, Any]:
        """Keys of the role of an instance profile."""
        return self.tell("session", region=region, profile=profile, instance=instance)

    def client(self, service: str, region: str) -> Any:
        """A client of AWS's API that tries once: who asks again is the next turn of the fleet."""
        key = (service, region)
        if key not in self._clients:
            made: Any = boto3.client  # of any service, which its stubs do not foresee
            self._clients[key] = made(
                service,
                region_name=region,
                endpoint_url=self.url,
                aws_access_key_id=self.access_key_id,
                aws_secret_access_key=self.secret_access_key,
                config=Config(retries={"total_max_attempts": 1}, read_timeout=WITHIN_S),
            )
        return self._clients[key]

    def caller(self, region: str) -> Callable[[str], Any]:
        """Clients of one region by service."""
        return lambda service: self.client(service, region)

    def _call(self, path: str, body: dict[str, object] | None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}/_gate/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-Localcloud-Token": self.token},
        )
        with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
