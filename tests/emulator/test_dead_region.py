import http.client
import threading
import time

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.emulator.deployed import api, function, invoke, role
from tests.emulator.emulator_process import AWAY, HOME, NO_ANSWER, get, process_lives


@pytest.fixture(scope="module", autouse=True)
def _deployed(emulator):
    worker = role(emulator)
    for region in (HOME, AWAY):
        api(emulator, function(emulator, worker, region), region)


@pytest.fixture(autouse=True)
def _all_alive_again(emulator):
    yield
    for place in (HOME, "global"):
        emulator.revive(place)


def test_open_and_new_connections_are_reset_without_an_answer(emulator):
    kept = http.client.HTTPConnection("127.0.0.1", emulator.config["front_doors"][HOME], timeout=5)
    assert get(kept, "/health")[0] == 200
    emulator.kill(HOME)
    with pytest.raises(ConnectionError):
        get(kept, "/health")
    with pytest.raises(ConnectionError):
        emulator.front_door("/health")
    kept.close()


def test_the_other_region_serves_on(emulator):
    emulator.kill(HOME)
    assert emulator.front_door("/health", AWAY)[1]["region"] == AWAY


def test_a_request_under_way_is_cut_and_its_process_killed(emulator):
    _, body = invoke(emulator, {"do": "nap"})
    outcome = []

    def sleep() -> None:
        try:
            invoke(emulator, {"do": "sleep"})
        except NO_ANSWER as error:
            outcome.append(error)

    sleeper = threading.Thread(target=sleep)
    sleeper.start()
    time.sleep(0.5)
    assert emulator.kill(HOME) >= 1
    sleeper.join(5)
    assert len(outcome) == 1
    assert not process_lives(body["pid"])


@pytest.mark.parametrize("origin", ["operator", AWAY])
def test_calls_to_it_are_cut_and_logged_so_wherever_they_come_from(emulator, origin):
    port = emulator.operator if origin == "operator" else emulator.config["region_ports"][AWAY]
    emulator.kill(HOME)
    with pytest.raises(NO_ANSWER):
        emulator.client("dynamodb", HOME, port=port).list_tables()
    last = emulator.calls()[-1]
    assert (last["from"], last["to_region"], last["status"], last["cut"]) == (origin, HOME, None, True)


@pytest.mark.parametrize(("service", "call"), [("iam", "list_roles"), ("route53", "list_hosted_zones")])
@pytest.mark.parametrize("place", [HOME, "global"])
def test_global_control_planes_are_down_with_their_home_or_alone(emulator, place, service, call):
    emulator.kill(place)
    with pytest.raises(NO_ANSWER):
        getattr(emulator.client(service, AWAY), call)()
    assert emulator.calls()[-1]["to_region"] == HOME


def test_sts_is_regional(emulator):
    emulator.kill(HOME)
    emulator.client("sts", AWAY).get_caller_identity()


def test_services_of_a_region_need_no_global_control_plane(emulator):
    emulator.kill("global")
    assert emulator.front_door("/health")[1]["region"] == HOME


def test_it_lives_again(emulator):
    emulator.kill(HOME)
    emulator.revive(HOME)
    assert emulator.front_door("/health")[1]["region"] == HOME


@pytest.mark.parametrize("place", ["front door", "operator", AWAY])
def test_a_region_that_swallows_packets_takes_connections_and_never_answers(emulator, place):
    emulator.gate(f"regions/{HOME}", {"state": "silent"})

    def ask() -> None:
        if place == "front door":
            port = emulator.config["front_doors"][HOME]
            get(http.client.HTTPConnection("127.0.0.1", port, timeout=1), "/health")
        port = emulator.operator if place == "operator" else emulator.config["region_ports"][AWAY]
        emulator.client("dynamodb", HOME, port=port, within_s=1).list_tables()

    with pytest.raises((TimeoutError, ReadTimeoutError)):
        ask()
    assert emulator.front_door("/health", AWAY)[1]["region"] == AWAY
