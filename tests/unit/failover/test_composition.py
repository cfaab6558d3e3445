"""What the functions are put together from, against emulated AWS, with the database and the API replaced."""

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from botocore.exceptions import EndpointConnectionError

from durable.composition import STATEMENT_TIMEOUT_S
from durable.event_bus import EventsUnavailable
from durable.journal import JournalUnavailable
from failover.approvals import ApprovalsUnavailable
from failover.aurora import PROMOTE_TIMEOUT_S
from failover.decision import Policy
from failover.lease import LeaseState
from failover.operations import TakeoverCompleted
from failover.service_function import MOST_AT_ONCE, WARM_TIMEOUT_S
from payments.functions import keeper_of, step_context
from runtime import postgresql
from runtime.environment import Environment
from tests.unit import emulated

from .scene import EAST, LEASE, WEST
from .west import TAKEOVER

SECRET = {"username": "payments", "password": "secret", "ca": "anchors"}
ROLE = "arn:aws:iam::123456789012:role/payments-automation-dev"


@pytest.fixture
def api():
    """An API that is live; its URL."""

    class Live(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/health/live" else 404)
            self.end_headers()

        def log_message(self, *_):
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Live)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def logins(monkeypatch) -> list[dict[str, object]]:
    """Logins at the database of the region, a writer."""
    seen = []

    def login(user, **how):
        seen.append({"user": user, **how})
        return SimpleNamespace(run=lambda *_, **__: [[True]], close=lambda: None)

    monkeypatch.setattr(postgresql, "Connection", login)
    monkeypatch.setattr(ssl, "create_default_context", lambda cadata: cadata)
    return seen


@pytest.fixture
def deployed(environment, dynamodb, api, logins) -> Iterator[Environment]:
    """The environment of a function in a region where everything is deployed."""
    machine = emulated.client("stepfunctions", EAST).create_state_machine(
        name="payments-failover-dev",
        definition=json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}),
        roleArn=ROLE,
    )
    parameters = {
        "db/writer": "writer.test:5432",
        "db/name": "ledger",
        "db/secret": "payments/database",
        "api/endpoint": api,
        "api/function": "payments-service-dev",
        "failover/state-machine": machine["stateMachineArn"],
        "approvals/table": "approvals",
        "automation/role": ROLE,
        "events/bus": "payments-bus-dev",
    }
    store = emulated.client("ssm", EAST)
    for name, value in parameters.items():
        store.put_parameter(Name=f"/payments-dev/{name}", Value=value, Type="String", Overwrite=True)
    secrets = emulated.client("secretsmanager", EAST)
    if not secrets.list_secrets()["SecretList"]:
        secrets.create_secret(Name="payments/database", SecretString=json.dumps(SECRET))
    step_context.cache_clear()
    yield Environment.from_env()
    step_context.cache_clear()


def test_a_deployed_keeper_takes_a_dead_holders_lease_and_starts_the_state_machine(deployed, leases, put):
    put(replace(LEASE, holder=WEST, previous_holder=None, expires_at_ms=0))
    keeper = keeper_of(deployed)
    observer = keeper._observer
    observer._recovery = SimpleNamespace(ready_for_requests=lambda _now_ms: None)
    for seconds in (0, deployed.lease_ttl_s):
        assert leases.read().holder == WEST
        observer._sightings._steady_s = lambda seconds=seconds: float(seconds)
        keeper.turn()
    taken = leases.read()
    assert (taken.holder, taken.epoch, taken.state) == (EAST, 8, LeaseState.TAKING)
    assert taken.expires_at_ms - taken.changed_at_ms == deployed.lease_ttl_s * 1000
    machines = emulated.client("stepfunctions", EAST)
    arn = keeper._takeovers._state_machine()
    [execution] = machines.list_executions(stateMachineArn=arn)["executions"]
    assert execution["name"] == "payments-8"


def test_a_deployed_keeper_waits_as_long_as_the_settings_say(deployed):
    assert keeper_of(deployed)._policy == Policy(ttl_ms=30_000, skew_ms=2_000, transition_limit_ms=1_800_000)


def test_deployed_steps_log_in_to_the_regions_own_database_and_wait_longer_than_a_payment(deployed, logins):
    assert step_context().database.fence_epoch() == 1
    [login] = logins
    assert (login["user"], login["host"], login["port"], login["database"], login["password"]) == (
        *("payments", "writer.test", 5432, "ledger"),
        "secret",
    )
    assert (login["ssl_context"], login["timeout"]) == ("anchors", STATEMENT_TIMEOUT_S)
    assert STATEMENT_TIMEOUT_S == 10.0


def test_deployed_steps_ask_their_own_api(deployed):
    assert step_context().api.live()


def test_deployed_steps_invoke_the_function_of_their_own_region_as_often_at_once_as_they_want(deployed):
    client = step_context().service._client
    assert client.meta.region_name == EAST
    assert client.meta.config.max_pool_connections == MOST_AT_ONCE
    assert client.meta.config.read_timeout == WARM_TIMEOUT_S


def test_deployed_steps_have_the_control_plane_of_their_region_and_a_role_for_the_other(deployed):
    writer = step_context().writer
    here, there = writer.rds.meta, writer.rds_in(WEST).meta
    assert (here.region_name, there.region_name) == (EAST, WEST)
    assert here.config.read_timeout == there.config.read_timeout == PROMOTE_TIMEOUT_S == 30.0
    assert here.config.retries["total_max_attempts"] == 1


def test_deployed_steps_work_with_the_tables_and_the_bus_that_were_deployed_for_them(deployed):
    steps, asked = step_context(), []
    journal = steps.recovery.journal

    def note(params, model, **_):
        asked.append((model.name, params))
        raise EndpointConnectionError(endpoint_url="test")

    for client in (journal._client, steps.bus._bus._client):
        client.meta.events.register("provide-client-params", note)
    with pytest.raises(ApprovalsUnavailable):
        steps.approvals.all()
    with pytest.raises(JournalUnavailable):
        journal.find("order-0001")
    with pytest.raises(JournalUnavailable):
        list(journal.arrived(0))
    with pytest.raises(EventsUnavailable):
        steps.bus.publish([TakeoverCompleted(TAKEOVER)])
    tables = [(name, params["TableName"]) for name, params in asked[:-1]]
    assert list(dict.fromkeys(tables)) == [
        ("Scan", "approvals"),
        ("GetItem", "journal"),
        ("Query", "arrivals"),
    ]
    [entry] = asked[-1][1]["Entries"]
    assert (entry["EventBusName"], entry["Source"]) == ("payments-bus-dev", "payments.operations")
