"""A running pair with links, for the tests of the PostgreSQL pair."""

import asyncio
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pg8000.native import Connection

from localcloud.core.link import Link
from localcloud.core.ports import free_ports
from localcloud.core.processes import wait_until
from localcloud.postgres.pair import PostgresPair

EAST, WEST = "us-east-1", "us-west-2"
PASSWORD = "secret"


@dataclass
class World:
    """A pair whose writer is EAST, and the links between its regions, on an event loop of their own."""

    pair: PostgresPair
    ports: dict[str, int]
    links: dict[str, Link]
    loop: asyncio.AbstractEventLoop

    def on_link(self, region: str, act: Callable[[Link], Any]) -> None:
        async def call() -> None:
            if asyncio.iscoroutine(pending := act(self.links[region])):
                await pending

        asyncio.run_coroutine_threadsafe(call(), self.loop).result(5)

    def connect(
        self, region: str, password: str = PASSWORD, ca: str | None = None, timeout_s: float = 10
    ) -> Connection:
        context = ssl.create_default_context(cadata=ca or self.pair.ca_pem)
        return Connection(
            "app",
            host="127.0.0.1",
            port=self.ports[region],
            database="payments",
            password=password,
            ssl_context=context,
            timeout=timeout_s,
        )

    def run(self, region: str, sql: str) -> list[list[Any]]:
        with self.connect(region) as connection:
            return connection.run(sql) or []

    def await_row(self, region: str, number: int) -> None:
        sql = f"select count(*) from notes where number = {number}"  # noqa: S608 - a number of our own
        wait_until(f"row {number}", lambda: self.run(region, sql) == [[1]], timeout_s=10)


@contextmanager
def world() -> Iterator[World]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    with tempfile.TemporaryDirectory(prefix="lc-") as state:
        Path(state).chmod(0o755)
        numbers = free_ports(4)
        ports, link_ports = (
            dict(zip((EAST, WEST), each, strict=True)) for each in (numbers[:2], numbers[2:])
        )
        pair = PostgresPair(Path(state) / "state", ports=ports, link_ports=link_ports)
        links = {region: Link(pair.target(region)) for region in ports}
        made = World(pair, ports, links, loop)
        try:
            for region, number in link_ports.items():
                made.on_link(region, lambda link, number=number: link.start(number))
            pair.start(EAST)
            pair.create_owner("app", PASSWORD, "payments")
            made.run(EAST, "create table notes (number int primary key)")
            wait_until("the table in the west", lambda: pair.lag(WEST) == 0.0, timeout_s=10)
            yield made
        finally:
            pair.stop()
            for region in links:
                made.on_link(region, lambda link: link.stop())
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            loop.close()
