"""The trading platform, asked by somebody who has signed in."""

import os
import time
from collections.abc import Callable

import pytest

from localcloud.core import clouds
from localcloud.systems.trading import USER
from tests.integration.conftest import Answer, ask

KNOWN_WITHIN_S = 10.0
"""A session is known in the other region about a second later (docs/trading.md)."""


@pytest.fixture(scope="session")
def session(deployment, regions, holder) -> str:
    """A token that both regions know. On AWS, TRADING_USER and TRADING_PASSWORD say whose."""
    password = os.environ.get("TRADING_PASSWORD") or clouds.load().user_password
    person = {"name": os.environ.get("TRADING_USER", USER), "password": password}
    began = ask(deployment, holder, "/sessions", body=person)
    assert began.status == 201, began.body
    token = str(began.body["token"])
    deadline = time.monotonic() + KNOWN_WITHIN_S
    for region in regions:
        while ask(deployment, region, "/orders?open=true", bearer=token).status != 200:
            assert time.monotonic() < deadline, f"{region} does not know the session"
            time.sleep(0.5)
    return token


@pytest.fixture
def order() -> dict[str, object]:
    return {
        "side": "buy",
        "symbol": "ACME",
        "quantity": 10,
        "limit_minor": 1250,
        "currency": "EUR",
        "time_in_force": "gtc",
    }


@pytest.fixture
def other(regions, holder) -> str:
    """The region that does not hold the lease."""
    return next(region for region in regions if region != holder)


@pytest.fixture
def call(deployment, session) -> Callable[..., Answer]:
    """Asks a region, with the session."""

    def called(region: str, path: str, **more) -> Answer:
        return ask(deployment, region, path, bearer=session, **more)

    return called
