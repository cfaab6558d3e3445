"""A fleet in a thread of its own, for an emulator that runs as a process."""

import asyncio
import http.client
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from localcloud.fleet.desk import Desk
from localcloud.fleet.fleet import Fleet
from tests.emulator.emulator_process import TOKEN, Emulator


class Cloud:
    """The emulator and the fleet that belongs to it."""

    def __init__(self, emulator: Emulator, fleet: Fleet, loop: asyncio.AbstractEventLoop) -> None:
        self.emulator, self.fleet, self.loop = emulator, fleet, loop

    def client(self, service: str) -> Any:
        return self.emulator.client(service)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def get(self, instance: str, path: str = "/") -> str:
        """Body of a GET at the instance's port 8080; raises OSError where nobody answers."""
        endpoint = self.fleet.book.endpoint(instance, 8080)
        if endpoint is None or endpoint.dark:
            raise ConnectionError("dark")
        connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=2)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def version(self, instance: str) -> str | None:
        try:
            return self.get(instance).split()[0]
        except (OSError, http.client.HTTPException):
            return None

    def members(self, name: str = "web") -> Any:
        found = self.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
        return found["AutoScalingGroups"][0]["Instances"]

    def serving(self) -> list[str]:
        return sorted(
            self.version(each["InstanceId"]) or "-"
            for each in self.members()
            if each["LifecycleState"] == "InService"
        )


@contextmanager
def fleet_of(emulator: Emulator, folder: Path) -> Iterator[Cloud]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    config = emulator.config

    async def made() -> Fleet:
        fleet = Fleet(
            desk=Desk(
                url=f"http://127.0.0.1:{emulator.operator}",
                token=TOKEN,
                account=config["account_id"],
                access_key_id=config["access_key_id"],
                secret_access_key=config["secret_access_key"],
            ),
            folder=folder / "fleet",
            logs=folder / "logs",
            endpoints={name: f"http://127.0.0.1:{port}" for name, port in config["region_ports"].items()},
        )
        fleet.start()
        fleet.wake()
        return fleet

    cloud = Cloud(emulator, asyncio.run_coroutine_threadsafe(made(), loop).result(10), loop)
    try:
        yield cloud
    finally:
        cloud.do(cloud.fleet.stop())
        cloud.do(loop.shutdown_default_executor())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
