import asyncio
import json

import pytest

from localcloud.emulator import gate
from localcloud.emulator.config import Door
from localcloud.emulator.sabotage import StepFault
from tests.unit.localcloud.emulator.emulator_world import (
    AWAY,
    HOME,
    TOKEN,
    WITNESS,
    World,
    authorization,
    head,
)

OPERATOR, HOME_PORT, AWAY_PORT, FRONT_DOOR = 4000, 4001, 4002, 5001
LEASE = json.dumps({"TableName": "lease"}).encode()


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    with world.log:
        yield world


def signed(service, region=HOME, key="AKIAOPERATOR", **more):
    return {"authorization": authorization(service, region, key), **more}


async def test_what_a_drill_refuses_is_logged_and_never_arrives(world):
    world.gate.control.sabotage.arm(HOME, StepFault.REFUSE)
    world.gate.control.sabotage.begins(HOME, "guard")
    headers = signed("dynamodb", HOME, "ASIASTEPS", **{"x-amz-target": "DynamoDB_20120810.GetItem"})
    answers = [await world.request(HOME_PORT, headers=headers, body=LEASE) for _ in range(2)]
    assert [status for status, _ in answers] == [400, 200]
    assert answers[0][1]["__type"] == "AccessDeniedException"
    assert [call["status"] for call in world.calls()] == [400, 200]
    assert len(world.seen) == 1


async def test_a_call_is_served_whole_and_logged_with_origin_target_and_role(world):
    headers = signed("dynamodb", AWAY, "ASIAKEEPER", **{"x-amz-target": "DynamoDB_20120810.GetItem"})
    assert (await world.request(HOME_PORT, headers=headers, body=LEASE))[0] == 200
    assert world.seen == [("/", LEASE)]
    assert world.calls() == [
        {
            "at": 1_700_000_000.5,
            "from": HOME,
            "to_region": AWAY,
            "service": "dynamodb",
            "action": "GetItem",
            "principal": "keeper",
            "status": 200,
            "cut": False,
        }
    ]


async def test_a_form_names_its_action_and_the_home_of_a_global_service_is_logged(world):
    form = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    await world.request(OPERATOR, headers=signed("iam", AWAY, **form), body=b"Action=GetRole&RoleName=x")
    call = world.calls()[0]
    assert (call["from"], call["to_region"], call["action"]) == ("operator", HOME, "GetRole")
    assert call["principal"] is None


@pytest.mark.parametrize("key", [None, "AKIASTRANGER"])
async def test_calls_without_one_of_this_runs_keys_are_refused(world, key):
    headers = signed("sts", key=key) if key else {}
    assert (await world.request(OPERATOR, headers=headers))[0] == 403
    assert world.seen == []


async def test_web_pages_are_refused_at_every_port(world):
    for port in world.config.doors:
        assert (await world.request(port, headers={"origin": "http://page.test"}))[0] == 403


async def test_a_front_door_leads_to_the_api_of_its_region(world):
    assert await world.request(FRONT_DOOR, "/health") == (
        200,
        "/_aws/execute-api/aaaa1111/$default/health",
    )
    assert world.calls() == []


async def test_a_region_reaches_the_other_ones_api_through_a_door_of_its_own_that_a_cut_link_closes(world):
    assert (await world.request(5011, "/payments"))[1] == "/_aws/execute-api/bbbb2222/$default/payments"
    world.regions.link(HOME, AWAY, cut=True)
    assert (await world.request(5011, "/payments"))[0] is None
    assert (await world.request(5002, "/payments"))[0] == 200, "clients are in neither region"


async def test_one_call_in_two_of_a_service_in_a_region_is_throttled_and_logged(world):
    await world.gate.control.handle(
        Door("operator"),
        head(path="/_gate/throttling", headers={"x-localcloud-token": TOKEN}),
        json.dumps({"region": HOME, "service": "ssm", "one_in": 2}).encode(),
    )
    answered = [await world.request(HOME_PORT, headers=signed("ssm")) for _ in range(4)]
    assert [status for status, _ in answered] == [200, 400] * 2
    assert answered[1][1]["__type"] == "ThrottlingException"
    assert [call["status"] for call in world.calls()] == [200, 400] * 2
    assert (await world.request(HOME_PORT, headers=signed("ssm", AWAY)))[0] == 200
    assert (await world.request(HOME_PORT, headers=signed("states")))[0] == 200
    world.regions.kill(HOME)
    assert (await world.request(OPERATOR, headers=signed("ssm")))[0] is None, "the dead throttle nobody"


async def test_a_host_may_name_the_api(world):
    host = {"host": "bbbb2222.execute-api.us-west-2.amazonaws.com"}
    assert (await world.request(FRONT_DOOR, "/", headers=host))[0] == 404
    assert (await world.request(5002, "/", headers=host))[0] == 200


async def test_calls_to_a_dead_region_are_hung_up_on_and_logged(world):
    world.regions.kill(HOME)
    assert await world.request(AWAY_PORT, headers=signed("ssm", HOME)) == (None, None)
    assert (await world.request(FRONT_DOOR))[0] is None
    assert world.hung_up == [AWAY_PORT, FRONT_DOOR]
    assert world.seen == []
    assert [(call["status"], call["cut"]) for call in world.calls()] == [(None, True)]


async def test_a_region_that_swallows_packets_refuses_nobody_and_answers_nobody(world):
    world.regions.kill(HOME, silently=True)
    assert await world.request(AWAY_PORT, headers=signed("ssm", HOME)) == (None, None)
    assert (await world.request(FRONT_DOOR))[0] is None
    assert world.hung_up == [], "the client is the one that gives up"
    assert world.seen == []
    assert [(call["status"], call["cut"]) for call in world.calls()] == [(None, True)]


async def test_nobody_waits_for_ever_for_a_region_that_swallows_packets(world, monkeypatch):
    monkeypatch.setattr(gate, "SWALLOWED_S", 0.0)
    monkeypatch.setattr(gate.asgi, "wait_until_gone", lambda _: asyncio.sleep(0.1))
    world.regions.kill(HOME, silently=True)
    await world.request(AWAY_PORT, headers=signed("ssm", HOME))
    assert world.hung_up == [AWAY_PORT]


async def test_an_answer_that_a_death_overtakes_is_not_sent(world):
    world.while_answering = lambda: world.regions.kill(HOME)
    assert await world.request(OPERATOR, headers=signed("ssm")) == (None, None)
    assert world.calls()[0]["cut"]


async def test_a_client_that_leaves_early_is_logged_as_not_answered(world):
    async def silent(scope, receive, send):
        await receive()

    object.__setattr__(world.gate, "app", silent)
    await world.request(OPERATOR, headers=signed("ssm"))
    assert world.calls()[0]["status"] is None


async def isolate(world):
    for other in (AWAY, WITNESS):
        world.regions.link(HOME, other, cut=True)


async def test_a_strong_table_without_quorum_answers_an_error(world):
    await isolate(world)
    status, _ = await world.request(HOME_PORT, headers=signed("dynamodb"), body=LEASE)
    assert status == 500
    assert [(call["status"], call["cut"]) for call in world.calls()] == [(500, True)]
    assert world.seen == []


async def test_other_tables_and_other_regions_need_no_quorum(world):
    await isolate(world)
    sessions = json.dumps({"TableName": "sessions"}).encode()
    assert (await world.request(HOME_PORT, headers=signed("dynamodb"), body=sessions))[0] == 200
    assert (await world.request(AWAY_PORT, headers=signed("dynamodb", AWAY), body=LEASE))[0] == 200


async def test_a_dead_region_is_not_told_from_one_without_quorum_by_an_answer(world):
    for place in (HOME, AWAY, WITNESS):
        world.regions.kill(place)
    assert await world.request(OPERATOR, headers=signed("dynamodb"), body=LEASE) == (None, None)


async def test_faults_are_ordered_through_the_gate(world):
    order = json.dumps({"state": "dead"}).encode()
    headers = {"x-localcloud-token": TOKEN}
    status, answered = await world.request(OPERATOR, f"/_gate/regions/{HOME}", headers=headers, body=order)
    assert status == 200
    assert answered == {"region": HOME, "state": "dead", "killed_processes": 3, "stopped_processes": 0}
    assert world.killed == [HOME]


async def test_lifespan_is_the_emulators_and_web_sockets_are_closed(world):
    sent = []

    async def send(message):
        sent.append(message)

    await world.gate({"type": "lifespan"}, None, send)
    assert sent == []
    await world.gate({"type": "websocket"}, None, send)
    assert sent == [{"type": "websocket.close"}]


async def test_a_stopped_region_keeps_its_clients_waiting_and_never_reaches_a_function(world, monkeypatch):
    monkeypatch.setattr(gate, "INTEGRATION_TIMEOUT_S", 0.05)
    world.regions.stop(HOME)
    assert (await world.request(FRONT_DOOR, "/payments"))[0] == 503
    assert world.seen == []
    world.regions.revive(HOME)
    assert (await world.request(FRONT_DOOR, "/payments"))[0] == 200


async def test_one_health_check_in_three_fails_and_only_the_checkers_notice(world):
    checker = {"user-agent": "Amazon-Route53-Health-Check-Service (local data plane)"}
    await world.gate.control.handle(
        Door("operator"),
        head(path="/_gate/flapping", headers={"x-localcloud-token": TOKEN}),
        json.dumps({"region": HOME, "one_in": 3}).encode(),
    )
    asked = [await world.request(FRONT_DOOR, "/health/ready", headers=checker) for _ in range(6)]
    assert [status for status, _ in asked] == [200, 200, 503] * 2
    assert [(await world.request(FRONT_DOOR, "/health/ready"))[0] for _ in range(3)] == [200] * 3
