"""A pair of payment servers in one process: the east dies, the west takes over after a while."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from gameday.load.credentials import Credentials, Nothing
from gameday.load.payments import Payments
from gameday.load.records import JournalEntry, LedgerRow
from gameday.load.requests import Requests
from gameday.observe.calls import Call
from gameday.observe.executions import StepSeen
from gameday.observe.history import LeaseSeen
from gameday.plan.faults import Action, Kill, Place
from localcloud.route53.resolver import DnsAnswer
from tests.unit.gameday.builders import EAST, WEST

LEASE_S = 0.7
"""Less than half of a takeover: it begins once the lease is over."""


@dataclass
class FakeWorld:
    """Implements gameday.observe.target.World. `takeover_s` after the kill the west acknowledges."""

    takeover_s: float = 1.5
    dns_ttl: int = 1
    api_name: str = "pay.fake.test"
    primary: str = EAST
    survivor: str = WEST
    endpoints: dict[str, str] = field(default_factory=dict)
    epoch: int = 1
    holder: str = EAST
    state: str = "ACTIVE"
    expires_at: float = 0.0
    ledger: dict[str, LedgerRow] = field(default_factory=dict)
    entries: dict[str, JournalEntry] = field(default_factory=dict)
    log: list[Call] = field(default_factory=list)
    keys_seen: list[str] = field(default_factory=list)
    runners: dict[str, web.AppRunner] = field(default_factory=dict)
    takeover: asyncio.Task | None = None
    struck: list[Action] = field(default_factory=list)
    ledger_of: str = ""
    told: list[StepSeen] = field(default_factory=list)
    asked_of: list[str] = field(default_factory=list)
    credentials: Credentials = field(default_factory=Nothing)
    requests: Requests = field(default_factory=Payments)

    @property
    def resolver(self):
        return self

    async def resolve(self, name: str) -> DnsAnswer:
        return DnsAnswer(f"abc123.execute-api.{self.holder}.amazonaws.com", self.dns_ttl)

    async def lease(self) -> LeaseSeen:
        """Whoever lives has just renewed it."""
        if self.takeover is None or self.epoch > 1:
            self.expires_at = time.time() + LEASE_S
        return LeaseSeen(
            at=time.time(),
            epoch=self.epoch,
            holder=self.holder,
            state=self.state,
            expires_at=self.expires_at,
            previous=EAST if self.epoch > 1 else None,
        )

    async def writer(self) -> str:
        return self.holder

    @property
    def places(self):
        return {Place.HOLDER: EAST, Place.OTHER: WEST, Place.WITNESS: "us-east-2"}

    async def apply(self, action: Action) -> None:
        """Killing the holder starts the takeover; nothing else does anything here."""
        self.struck.append(action)
        if action == Kill(Place.HOLDER):
            await self.runners.pop(EAST).cleanup()
            self.takeover = asyncio.create_task(self._take_over())

    async def _take_over(self) -> None:
        await asyncio.sleep(self.takeover_s / 2)
        self.epoch, self.holder, self.state = self.epoch + 1, WEST, "TAKING"
        self.log.append(
            Call(
                at=time.time(),
                caller=WEST,
                to_region=WEST,
                service="rds",
                action="FailoverGlobalCluster",
                principal="payments-steps",
                status=200,
            )
        )
        await asyncio.sleep(self.takeover_s / 2)
        self.replay()
        self.state = "ACTIVE"

    def replay(self) -> None:
        """What the ledger lacks comes from the journal: nothing, as standby and writer agree here."""

    async def steps(self, since: float, regions: list[str]) -> list[StepSeen]:
        self.asked_of = list(regions)
        return self.told

    async def rows(self, run: str, region: str) -> list[LedgerRow]:
        self.ledger_of = region
        return [row for key, row in self.ledger.items() if key.startswith(run)]

    async def journal(self, keys: Iterable[str]) -> list[JournalEntry]:
        return [self.entries[key] for key in keys if key in self.entries]

    async def listed(self) -> frozenset[str] | None:
        return None

    def calls(self, since: float, until: float) -> list[Call]:
        return self.log

    def serves(self, region: str) -> bool:
        return self.holder == region and self.state == "ACTIVE"

    def pay(self, region: str, key: str, body: dict) -> LedgerRow:
        """The row of a new payment, or the one that the key already has."""
        self.keys_seen.append(key)
        fresh = LedgerRow(
            entry_id=str(uuid.uuid4()),
            idempotency_key=key,
            amount_minor=body["amount_minor"],
            currency=body["currency"],
            epoch=self.epoch,
            region=region,
        )
        row = self.ledger.setdefault(key, fresh)
        entry = JournalEntry(idempotency_key=key, entry_id=row.entry_id, epoch=row.epoch, state="SETTLED")
        self.entries.setdefault(key, entry)
        return row


def _application(world: FakeWorld, region: str) -> web.Application:
    def serves() -> bool:
        return world.serves(region)

    async def pay(request: web.Request) -> web.Response:
        headers = {"X-Region": region, "X-Epoch": str(world.epoch)}
        if not serves():
            return web.json_response({}, status=503, headers=headers | {"Retry-After": "1"})
        row = world.pay(region, request.headers["Idempotency-Key"], await request.json())
        return web.json_response({"payment_id": row.entry_id}, status=201, headers=headers)

    async def ready(_: web.Request) -> web.Response:
        return web.Response() if serves() else web.Response(status=503, text="H30_not_holder")

    app = web.Application()
    app.router.add_post("/payments", pay)
    app.router.add_get("/health/ready", ready)
    return app


@asynccontextmanager
async def running(world: FakeWorld) -> AsyncIterator[FakeWorld]:
    """Both servers of *world* on free ports of loopback."""
    for region in (EAST, WEST):
        runner = web.AppRunner(_application(world, region), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        world.runners[region] = runner
        world.endpoints[region] = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield world
    finally:
        for runner in world.runners.values():
            await runner.cleanup()
