"""What the payments function is made of."""

from dataclasses import dataclass
from functools import cache
from uuid import uuid4

from durable.early_acceptance import EarlyAcceptance
from durable.journal import Journal
from durable.lease_view import RecentLease
from durable.ledger_connection import LedgerConnection
from failover.lease_table import LeaseTable
from intake.forwarding import Forwarding
from intake.handover_wait import HandoverWait
from intake.peer import Peer
from intake.readiness import DATABASE_LIMIT_S, Readiness
from intake.request_flow import RequestFlow
from intake.sessions import Sessions
from intake.whereabouts import Whereabouts
from payments.api import PaymentApi
from payments.book import BOOK
from payments.payer import Mode
from payments.session_api import SessionApi
from runtime.clients import client
from runtime.clock import now_ms
from runtime.database import Database
from runtime.environment import Environment
from runtime.metrics import Meter
from runtime.parameters import Parameters

# Two tries of a second each: a step of a payment may take three seconds with connecting.
READ_TIMEOUT_S = 1.0
ATTEMPTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentService:
    """Everything that outlives a request."""

    region: str
    lease: RecentLease
    api: PaymentApi
    meter: Meter


@cache
def service() -> PaymentService:
    """The service of the region this function runs in, built by the first request."""
    environment = Environment.from_env()
    region = environment.region
    ttl_ms, skew_ms = environment.lease_ttl_s * 1000, environment.clock_skew_s * 1000
    authorization = Mode(environment.authorization)
    dynamodb = client("dynamodb", read_timeout=READ_TIMEOUT_S, attempts=ATTEMPTS)
    lease = RecentLease(LeaseTable(dynamodb, environment.lease_table, environment.system), now_ms)
    parameters = Parameters(client("ssm"), environment.parameter_prefix)
    secrets = client("secretsmanager")
    ledger = LedgerConnection(Database(parameters, secrets), BOOK)
    journal = Journal.of(environment, dynamodb, BOOK)
    flow = RequestFlow(
        region=region,
        ttl_ms=ttl_ms,
        skew_ms=skew_ms,
        lease=lease,
        journal=journal,
        early=EarlyAcceptance.of(environment, dynamodb),
        ledger=ledger,
        clock=now_ms,
        new_id=lambda: str(uuid4()),
    )
    readiness = Readiness(
        region=region,
        ttl_ms=ttl_ms,
        skew_ms=skew_ms,
        lease=lease,
        database=Database(parameters, secrets, connect_timeout=DATABASE_LIMIT_S),
        book=BOOK,
    )
    api = PaymentApi(
        region=region,
        authorization=authorization,
        flow=flow,
        whereabouts=Whereabouts(ledger=ledger, journal=journal),
        readiness=readiness,
        forwarding=Forwarding(region=region, peer=Peer(parameters), clock=now_ms),
        sessions=SessionApi(
            authorization=authorization,
            sessions=Sessions(dynamodb, environment.sessions_table),
            clock=now_ms,
        ),
        handover_wait=HandoverWait(clock=now_ms),
    )
    return PaymentService(region=region, lease=lease, api=api, meter=Meter(environment))
