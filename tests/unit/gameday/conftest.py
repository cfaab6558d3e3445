import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gameday.targets.cloud import Deployed, Outputs
from gameday.targets.payments.system import PAYMENTS
from gameday.targets.two_regions.world import LocalWorld
from lib.systems.load import load_settings
from localcloud.core.state import CloudState, DatabaseState, RegionState
from tests.unit.gameday.builders import EAST, WEST
from tests.unit.gameday.simulated import SimulatedLoop


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests marked `simulated` wait in simulated time."""
    if item.get_closest_marker("simulated"):
        return {"simulated": SimulatedLoop}
    return {"real": asyncio.new_event_loop}


@pytest.fixture(scope="session")
def silent() -> LocalWorld:
    """A local cloud of which no part answers, and whose calls nobody logs."""
    regions = {
        name: RegionState(endpoint="http://127.0.0.1:1", front_door=f"http://{name}") for name in (EAST, WEST)
    }
    state = CloudState(
        pid=1,
        control="http://127.0.0.1:1",
        token="secret",
        operator_endpoint="http://127.0.0.1:1",
        account_id="000000000000",
        access_key_id="key",
        secret_access_key="secret",
        regions=regions,
        databases={name: DatabaseState(port=1, link_port=1) for name in regions},
        dns_port=1,
        calls_log=Path("/nowhere/calls.jsonl"),
    )
    outputs = Outputs(
        api_name="pay.dev.test",
        global_cluster_id="payments-dev",
        lease_table="lease",
        journal_table="journal",
        api_hosts={},
    )
    return LocalWorld.of(Deployed(state=state, outputs=outputs), load_settings({}), PAYMENTS)


@pytest.fixture
def world(silent: LocalWorld, tmp_path: Path) -> LocalWorld:
    """A local cloud of which no part answers."""
    state = silent.deployed.state.model_copy(update={"calls_log": tmp_path / "calls.jsonl"})
    return replace(silent, deployed=replace(silent.deployed, state=state))
