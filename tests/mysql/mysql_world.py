"""A running pair for tests, with its links on an event loop of their own."""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.core.link import Link
from localcloud.core.ports import free_ports
from localcloud.core.processes import wait_until
from localcloud.mysql.pair import MySQLPair
from localcloud.mysql.programs import find
from runtime import mysql
from runtime.database import Credentials

EAST, WEST = "us-east-1", "us-east-2"
PASSWORD = "secret"
WITHIN_S = 60


@dataclass
class World:
    """A pair whose writer is EAST, and the links between its regions."""

    pair: MySQLPair
    ports: dict[str, int]
    links: dict[str, Link]
    loop: asyncio.AbstractEventLoop

    def on_link(self, region: str, act: Callable[[Link], Any]) -> None:
        async def call() -> None:
            if asyncio.iscoroutine(pending := act(self.links[region])):
                await pending

        asyncio.run_coroutine_threadsafe(call(), self.loop).result(5)

    def connect(self, region: str, timeout_s: float = 10) -> Any:
        """A connection as functions open them: TLS, and the server's name is checked."""
        credentials = Credentials("app", PASSWORD, self.pair.ca_pem)
        return mysql.connect(("127.0.0.1", self.ports[region]), "trading", credentials, timeout_s=timeout_s)

    def run(self, region: str, sql: str) -> list[Any]:
        with closing(self.connect(region)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            rows = list(cursor.fetchall())
            connection.commit()
            return rows

    def orders(self, region: str) -> list[int]:
        return [number for (number,) in self.run(region, "select number from orders order by 1")]

    def await_orders(self, region: str, expected: list[int]) -> None:
        wait_until(f"{expected} in {region}", lambda: self.orders(region) == expected, timeout_s=WITHIN_S)


@contextmanager
def world(kind: str) -> Iterator[World]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    state = Path(tempfile.mkdtemp(prefix="my-", dir="/tmp"))  # a socket's path must be short
    numbers = free_ports(4)
    ports, link_ports = (dict(zip((EAST, WEST), each, strict=True)) for each in (numbers[:2], numbers[2:]))
    pair = MySQLPair(state, find(kinds=(kind,)), ports=ports, link_ports=link_ports)
    made = World(pair, ports, {region: Link(pair.target(region)) for region in ports}, loop)
    try:
        for region, number in link_ports.items():
            made.on_link(region, lambda link, number=number: link.start(number))
        pair.start(EAST)
        pair.create_owner("app", PASSWORD, "trading")
        made.run(EAST, "create table orders (number int primary key, side varchar(4) default 'buy')")
        wait_until("the table in the other region", lambda: pair.lag(WEST) == 0.0, timeout_s=WITHIN_S)
        yield made
    finally:
        pair.stop()
        for region in made.links:
            made.on_link(region, lambda link: link.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
        shutil.rmtree(state, ignore_errors=True)
