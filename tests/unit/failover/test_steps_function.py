"""The function of the steps, and the tools it gives them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from durable.recovery import FencedLedger
from failover import aurora
from failover.lease import LeaseState
from failover.steps.errors import Held, NotYet
from failover.takeover import Takeover
from payments import functions
from payments.book import BOOK

from .scene import EAST, LEASE
from .west import TAKEOVER


def test_the_function_runs_one_step_of_its_own_region(environment, put):
    functions.step_context.cache_clear()
    takeover = Takeover.of(put(replace(LEASE, state=LeaseState.TAKING)))
    with pytest.raises(NotYet, match="journal"):
        functions.step({"step": "guard", "takeover": takeover.payload()}, None)
    with pytest.raises(Held, match=EAST):
        functions.step({"step": "guard", "takeover": TAKEOVER.payload()}, None)
    functions.step_context.cache_clear()


def test_the_ledger_is_used_over_one_session_of_the_own_database():
    sessions: list[str] = []

    @contextmanager
    def session() -> Iterator[object]:
        sessions.append("opened")
        yield SimpleNamespace(run=lambda sql: [[8]])
        sessions.append("closed")

    assert FencedLedger(SimpleNamespace(session=session), BOOK).fence_epoch() == 8
    assert sessions == ["opened", "closed"]


def test_the_control_plane_of_the_other_region_is_asked_by_the_automation_role(monkeypatch):
    role = "arn:aws:iam::1:role/payments-automation-dev"
    asked = []
    monkeypatch.setattr(
        aurora, "assumed", lambda *given, **named: asked.append((given, named)) or "control plane"
    )
    published = {"automation/role": role}
    parameters = SimpleNamespace(get=published.get)
    assert aurora.rds_in(EAST, parameters) == "control plane"
    assert asked == [(("rds", role), {"region": EAST, "read_timeout": aurora.PROMOTE_TIMEOUT_S})]
