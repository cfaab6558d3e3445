"""The payments function: composition, and one log line a request."""

from functools import cache
from typing import Any
from uuid import uuid4

from failover.lease_table import LeaseTable
from payments.api import PaymentApi
from payments.http import Event, Request
from payments.journal import Journal
from payments.kept_ledger import KeptLedger
from payments.lease_view import RecentLease
from payments.payment_flow import PaymentFlow
from payments.readiness import DATABASE_LIMIT_S, Readiness
from runtime.clients import client
from runtime.clock import now_ms
from runtime.database import Database
from runtime.environment import Environment
from runtime.logs import logger
from runtime.parameters import Parameters

# Two tries of a second each: a step of a payment may take three seconds with connecting.
READ_TIMEOUT_S = 1.0
ATTEMPTS = 2


def handler(event: Event, _context: object) -> dict[str, Any]:
    """Answers one request of API Gateway's HTTP API, payload format 2.0."""
    environment, lease, api = _composed()
    request = Request.from_event(event)
    answer = api.answer(request)
    epoch = lease.last_epoch
    logger.info(
        "answered",
        extra={
            "correlation_id": request.request_id,
            "route": request.route,
            "status": int(answer.status),
            "epoch": epoch,
            **answer.log,
        },
    )
    return answer.to_event(request_id=request.request_id, region=environment.region, epoch=epoch)


@cache
def _composed() -> tuple[Environment, RecentLease, PaymentApi]:
    """Everything that outlives a request, built by the first one."""
    environment = Environment.from_env()
    region, skew_ms = environment.region, environment.clock_skew_s * 1000
    dynamodb = client("dynamodb", read_timeout=READ_TIMEOUT_S, attempts=ATTEMPTS)
    lease = RecentLease(LeaseTable(dynamodb, environment.lease_table, environment.system), now_ms)
    parameters = Parameters(client("ssm"), environment.parameter_prefix)
    secrets = client("secretsmanager")
    ledger = KeptLedger(Database(parameters, secrets))
    flow = PaymentFlow(
        region=region,
        skew_ms=skew_ms,
        lease=lease,
        journal=Journal(dynamodb, environment.journal_table),
        ledger=ledger,
        clock=now_ms,
        new_id=lambda: str(uuid4()),
    )
    readiness = Readiness(
        region=region,
        skew_ms=skew_ms,
        lease=lease,
        database=Database(parameters, secrets, connect_timeout=DATABASE_LIMIT_S),
        clock=now_ms,
    )
    return environment, lease, PaymentApi(region=region, flow=flow, ledger=ledger, readiness=readiness)
