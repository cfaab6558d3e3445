"""The application over AWS: parameters, secrets, tables and database of the region it runs in."""

from uuid import uuid4

from starlette.types import ASGIApp

from apps.serving.secret_users import SecretUsers, from_secret
from apps.trading.clerks import Clerks
from apps.trading.gate import Gate, hashes
from apps.trading.settings import TradingInstance
from apps.trading.surface import surface
from durable.early_acceptance import EarlyAcceptance
from durable.journal import Journal
from durable.lease_view import RecentLease
from durable.ledger_connection import LedgerConnection
from failover.lease_table import LeaseTable
from intake.at_holder import AtHolder
from intake.forwarding import Forwarding
from intake.handover_wait import HandoverWait
from intake.health import Health
from intake.peer import Peer
from intake.readiness import DATABASE_LIMIT_S, Readiness
from intake.request_flow import RequestFlow
from intake.sessions import Sessions
from intake.whereabouts import Whereabouts
from runtime import mysql
from runtime.clients import client
from runtime.clock import now_ms
from runtime.database import Database
from runtime.parameters import Parameters
from trading.api import OrderRoutes
from trading.book import BOOK
from trading.desk import Desk
from trading.halt import HaltSwitch

CLERKS = 16
"""Requests that are worked on at once, and connections to the database: all instances of a region together
stay far below what it takes."""
READ_TIMEOUT_S = 1.0
ATTEMPTS = 2
"""A step of a request may take three seconds with connecting."""


def compose(instance: TradingInstance) -> ASGIApp:
    """The application of this instance. It asks nothing of AWS yet."""
    shared = _Shared(instance)
    clerks = Clerks(
        region=instance.environment.region,
        lease=shared.lease,
        clerks=[shared.clerk() for _ in range(CLERKS)],
        health=shared.clerk(),
    )
    return surface(clerks, secure=instance.scheme == "https")


class _Shared:
    """What all clerks of an instance work with; each has connections of its own."""

    def __init__(self, instance: TradingInstance) -> None:
        self._instance = instance
        self._environment = environment = instance.environment
        self._dynamodb = client(
            "dynamodb", read_timeout=READ_TIMEOUT_S, attempts=ATTEMPTS, connections=2 * CLERKS
        )
        self._secrets = client("secretsmanager")
        self._parameters = Parameters(client("ssm"), environment.parameter_prefix)
        table = LeaseTable(self._dynamodb, environment.lease_table, environment.system)
        self.lease = RecentLease(table, now_ms)
        self._gate = Gate(
            users=SecretUsers(
                from_secret(self._secrets, lambda: self._parameters.get("users/secret")), hashes
            ),
            sessions=Sessions(self._dynamodb, environment.sessions_table),
            clock=now_ms,
        )

    def clerk(self) -> OrderRoutes:
        """Another one."""
        ledger = LedgerConnection(self._database(), BOOK)
        journal = Journal.of(self._environment, self._dynamodb, BOOK)
        region = self._environment.region
        flow = RequestFlow(
            region=region,
            ttl_ms=self._environment.lease_ttl_s * 1000,
            skew_ms=self._environment.clock_skew_s * 1000,
            lease=self.lease,
            journal=journal,
            early=EarlyAcceptance.of(self._environment, self._dynamodb),
            ledger=ledger,
            clock=now_ms,
            new_id=lambda: str(uuid4()),
        )
        return OrderRoutes(
            desk=Desk(
                flow=flow,
                whereabouts=Whereabouts(ledger=ledger, journal=journal),
                ledger=ledger,
                halt=HaltSwitch(self._dynamodb, self._environment.lease_table, self._environment.system),
                new_id=lambda: str(uuid4()),
            ),
            at_holder=AtHolder(
                flow=flow,
                forwarding=Forwarding(region=region, peer=Peer(self._parameters), clock=now_ms),
                handover_wait=HandoverWait(clock=now_ms),
            ),
            health=Health(region=region, readiness=self._readiness()),
            version=self._instance.version,
            gate=self._gate,
        )

    def _readiness(self) -> Readiness:
        return Readiness(
            region=self._environment.region,
            ttl_ms=self._environment.lease_ttl_s * 1000,
            skew_ms=self._environment.clock_skew_s * 1000,
            lease=self.lease,
            database=self._database(DATABASE_LIMIT_S),
            book=BOOK,
        )

    def _database(self, timeout_s: float = 2.0) -> Database:
        return Database(self._parameters, self._secrets, timeout_s, driver=mysql)
