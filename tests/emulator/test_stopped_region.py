import threading

import pytest

from tests.emulator.deployed import api, function, invoke, role
from tests.emulator.emulator_process import AWAY, HOME, process_lives


@pytest.fixture(scope="module", autouse=True)
def _deployed(emulator):
    worker = role(emulator)
    for region in (HOME, AWAY):
        api(emulator, function(emulator, worker, region), region)


@pytest.fixture(autouse=True)
def _runs_again(emulator):
    yield
    emulator.revive(HOME)


def test_a_process_that_was_stopped_goes_on_where_it_stood(emulator):
    _, body = invoke(emulator, {"do": "nap"})
    outcome = []
    asker = threading.Thread(target=lambda: outcome.append(invoke(emulator, {"do": "nap"})))
    assert emulator.stop(HOME) >= 1
    assert process_lives(body["pid"])
    emulator.revive(HOME)
    asker.start()
    asker.join(10)
    assert outcome[0][1]["pid"] == body["pid"]


def test_a_stopped_region_runs_nothing_new(emulator):
    emulator.stop(HOME)
    _, body = invoke(emulator, {"do": "nap"})
    assert body["errorType"] == "RegionDeadError"


def test_its_aws_services_and_the_other_region_go_on(emulator):
    emulator.stop(HOME)
    emulator.client("dynamodb", HOME).list_tables()
    assert emulator.front_door("/health", AWAY)[1]["region"] == AWAY
