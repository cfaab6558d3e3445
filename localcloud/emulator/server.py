"""Puts the emulator together and serves it on all its ports."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config as HypercornConfig
from ministack import app as ministack

from localcloud.emulator import balancers, databases, fleet, lifetime, patches
from localcloud.emulator.calls import CallLog
from localcloud.emulator.clocks import Clocks
from localcloud.emulator.config import EmulatorConfig
from localcloud.emulator.connections import Connections
from localcloud.emulator.control import Control
from localcloud.emulator.flapping import Flapping
from localcloud.emulator.gate import Gate
from localcloud.emulator.managed_failover import ManagedFailovers
from localcloud.emulator.patches import (
    harmed_steps,
    http_api,
    hypercorn_server,
    replication,
    sessions,
    workers,
)
from localcloud.emulator.regions import RegionStates
from localcloud.emulator.sabotage import Sabotage
from localcloud.emulator.throttling import Throttling


@dataclass(frozen=True, slots=True)
class EmulatorDirectory:
    """The gate's view of what is deployed in the emulator."""

    account_id: str

    def role_of(self, access_key: str) -> str | None:
        """The role of the session that *access_key* was issued for; None for an unknown key."""
        return sessions.role_of(access_key)

    def http_api(self, region: str, named: str | None) -> str | None:
        """Id of the region's HTTP API: the *named* one, else the only one; None without such."""
        return http_api.http_api(self.account_id, region, named)


async def serve(config: EmulatorConfig, *, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; *ready* is called when every port listens."""
    regions = RegionStates(config.regions, witness=config.witness, control_home=config.primary_control_region)
    connections = Connections()
    told_to_end = _ending(lambda: connections.reset_ports(config.doors))
    clocks, sabotage, managed = Clocks(config.regions), Sabotage(), ManagedFailovers()
    patches.apply(config, regions, clocks, managed)
    harmed_steps.come_to_harm(sabotage)
    hypercorn_server.track(connections, lambda port: _lives(config, regions, port))
    with CallLog(config.calls_log) as log:
        control = Control(
            config=config,
            regions=regions,
            connections=connections,
            kill_workers=workers.kill_all,
            signal_workers=workers.signal_all,
            flapping=Flapping(),
            sabotage=sabotage,
            throttling=Throttling(),
            clocks=clocks,
            desks={
                "fleet": lambda name, order: fleet.answer(name, config.account_id, order),
                "balancers": lambda name, order: balancers.answer(name, config.account_id, regions, order),
                "copies": replication.answer,
                "databases": lambda name, order: databases.answer(name, config.account_id, order),
            },
            managed=managed,
        )
        gate = Gate(
            app=ministack.app,
            config=config,
            regions=regions,
            directory=EmulatorDirectory(config.account_id),
            log=log,
            control=control,
            hang_up=connections.reset,
        )
        announcement = asyncio.create_task(_announce(config, ready))
        await hypercorn_serve(gate, _hypercorn(config), shutdown_trigger=told_to_end)
        announcement.cancel()
    for region in config.regions:
        workers.kill_all(region)


def _lives(config: EmulatorConfig, regions: RegionStates, port: int) -> bool:
    door = config.doors[port]
    place = door.front_of or door.place
    return regions.alive(place) or regions.silent(place)


def _ending(last: Callable[[], object]) -> Callable[[], Awaitable[None]]:
    """What hypercorn waits for before it stops; *last* runs then, so that no connection holds it up."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)

    async def wait() -> None:
        await told.wait()
        lifetime.end_for_certain()
        last()

    return wait


async def _announce(config: EmulatorConfig, ready: Callable[[], None]) -> None:
    for port in config.doors:
        await _until_listening(port)
    ready()


async def _until_listening(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


def _hypercorn(config: EmulatorConfig) -> HypercornConfig:
    settings = HypercornConfig()
    settings.bind = [f"127.0.0.1:{port}" for port in config.doors]
    # The client ends a connection, never the server: an answer on one that ends meanwhile may be lost, and
    # who repeats a create is told that it already exists. AWS's SDK for Go keeps idle connections for 90 s.
    settings.keep_alive_timeout = 150
    settings.keep_alive_max_requests = sys.maxsize
    settings.graceful_timeout = 1
    settings.loglevel = "WARNING"
    return settings
