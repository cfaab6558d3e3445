"""T04: whoever orders has signed in, in either region, and an order is whose session placed it."""

import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from apps.serving import passwords
from apps.serving.passwords import hashed
from apps.serving.secret_users import UsersUnavailable
from apps.trading.gate import LIFETIME_S, Gate, hashes
from intake.peer import PeerAnswer
from intake.sessions import Sessions
from tests.unit import emulated
from tests.unit.trading.conftest import Ledger, Region, halt, table, world  # noqa: F401 - fixtures

PASSWORD = "correct horse"
USERS = {name: hashed(PASSWORD, b"salt") for name in ("ada", "eve")}
SESSIONS = "trading-sessions-test"


class Platform:
    """Two regions over one table of sessions and one world of orders."""

    def __init__(self, world, halt) -> None:  # noqa: F811 - what the fixtures give
        self.world, self.users = world, dict(USERS)
        self.client = emulated.own_client("dynamodb")
        self.client.create_table(
            TableName=SESSIONS,
            KeySchema=[{"AttributeName": "session_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "session_id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.east, self.west = (
            Region(world, halt, name, SimpleNamespace(send=self.passed_on), gate=self.gate())
            for name in ("us-east-1", "us-east-2")
        )

    def gate(self) -> Gate:
        sessions = Sessions(self.client, SESSIONS)
        return Gate(users=lambda: self.users, sessions=sessions, clock=lambda: self.world.now_ms)

    def passed_on(self, _region, call, *, within_s):
        route = f"{call.method} /orders" + ("/{order_id}" if call.path.count("/") > 1 else "")
        headers = {name.lower(): value for name, value in call.headers.items()}
        more = {"order_id": call.path.rpartition("/")[2]} if "{" in route else {}
        answer = self.east.send(route, headers=headers, body=call.body or b"", **more)
        return PeerAnswer(status=answer.status, headers={"x-region": "us-east-1"}, body=answer.body)

    def sign_in(self, name="ada", password=PASSWORD, region=None):
        body = json.dumps({"name": name, "password": password}).encode()
        return (region or self.east).send("POST /sessions", body=body)

    def token(self, name="ada", region=None) -> dict[str, str]:
        return {"authorization": f"Bearer {self.sign_in(name, region=region).body['token']}"}

    def items(self) -> list:
        return self.client.scan(TableName=SESSIONS)["Items"]


@pytest.fixture
def platform(world, halt):  # noqa: F811 - fixtures
    with mock_aws():
        yield Platform(world, halt)


def test_T04_who_signed_in_orders_in_either_region_and_the_orders_are_theirs(platform):
    ada, eve = platform.token("ada"), platform.token("eve", region=platform.west)
    placed = platform.east.place(headers=ada)
    assert placed.status == 201
    assert platform.east.place(headers=eve).status == 201, "another client's order id is another order's"
    order_id = placed.body["order_id"]
    for region in (platform.east, platform.west):
        assert region.find(order_id, headers=ada).body["status"] == "open"
        assert region.find(order_id, headers=eve).status == 404
        assert region.cancel(order_id, headers=eve).status == 404
        listed = region.send("GET /orders", query={"open": "true"}, headers=eve).body
        assert order_id not in json.dumps(listed)
    assert platform.west.cancel(order_id, headers=ada).body["status"] == "cancelled"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer short",
        "Basic " + "A" * 43,
        "Bearer " + "A" * 43,
        "Bearer " + "A" * 43 + ", Bearer " + "A" * 43,
        "Bearer " + "ä" * 43,
        "Bearer " + "A" * 43 + "\n",
    ],
)
def test_T04_who_did_not_sign_in_is_told_so_and_nothing_is_written(platform, header):
    region = platform.east
    given = {"authorization": header}
    asked = [
        region.place(headers=given),
        region.find("1", headers=given),
        region.cancel("1", headers=given),
        region.send("GET /orders", headers=given),
    ]
    assert [answer.status for answer in asked] == [401] * 4
    assert {answer.headers["WWW-Authenticate"] for answer in asked} == {"Bearer"}
    assert platform.world.entries == {}


def test_T04_a_session_ends_eight_hours_after_signing_in(platform):
    ada = platform.token()
    platform.world.now_ms += LIFETIME_S * 1000 - 1000
    assert platform.gate().who(request(ada)) == "ada"
    platform.world.now_ms += 1000
    assert refusal(platform, ada).status == 401


def test_T04_who_signs_out_is_nobody_from_then_on_and_other_sessions_stay(platform):
    here, elsewhere = platform.token(), platform.token()
    assert [platform.east.send("DELETE /sessions", headers=here).status for _ in range(2)] == [204, 204]
    assert refusal(platform, here).status == 401
    assert platform.gate().who(request(elsewhere)) == "ada"
    assert platform.east.send("DELETE /sessions", headers={"authorization": ""}).status == 401


def test_T04_whoever_is_taken_out_of_the_secret_is_out(platform):
    ada = platform.token()
    del platform.users["ada"]
    assert refusal(platform, ada).status == 401
    assert platform.sign_in().status == 401


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("bob", PASSWORD), ("", ""), ("ada", "")])
def test_T04_a_wrong_name_or_password_begins_no_session(platform, name, password):
    answer = platform.sign_in(name, password)
    assert (answer.status, answer.body["detail"]) == (401, "Name or password is wrong.")
    assert platform.items() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"name": "ada"}',
        b'{"name": "ada", "password": "' + b"x" * 201 + b'"}',
        b'{"name": ["ada"], "password": ""}',
        b'{"name": "ada", "password": "", "admin": true}',
    ],
)
def test_T04_what_is_no_sign_in_is_refused(platform, body):
    assert platform.east.send("POST /sessions", body=body).status == 400
    assert platform.items() == []


def test_T04_neither_table_nor_log_nor_answer_gives_a_session_or_password_away(platform, caplog):
    caplog.set_level("DEBUG")
    answer = platform.sign_in()
    assert answer.status == 201
    assert answer.body["expires_at"] == platform.world.now_ms // 1000 + LIFETIME_S
    told = json.dumps(platform.items()) + caplog.text + json.dumps(dict(answer.log))
    assert answer.body["token"] not in told
    assert PASSWORD not in told + json.dumps(answer.body)


def test_T04_a_session_that_has_not_arrived_at_the_holder_yet_is_a_reason_to_repeat(platform):
    ada = platform.token()
    platform.client.delete_item(TableName=SESSIONS, Key={"session_id": platform.items()[0]["session_id"]})
    answer = platform.east.place(headers={**ada, "x-forwarded-by": "us-east-2"})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


@pytest.mark.parametrize(
    "broken",
    [{"data": {"M": {}}}, {"data": {"M": {"name": {"S": ""}}}}, {"data": {"S": "ada"}}],
)
def test_T04_an_item_that_names_nobody_is_no_session(platform, broken):
    ada = platform.token()
    platform.client.put_item(TableName=SESSIONS, Item=platform.items()[0] | broken)
    assert refusal(platform, ada).status == 401


def test_T04_while_the_table_is_silent_nobody_is_sent_away_for_good(platform, monkeypatch):
    ada = platform.token()

    def silent(**_given):
        raise ConnectTimeoutError(endpoint_url="https://dynamodb")

    for name in ("get_item", "put_item", "delete_item"):
        monkeypatch.setattr(platform.client, name, silent)
    asked = [refusal(platform, ada), platform.sign_in(), platform.east.send("DELETE /sessions", headers=ada)]
    assert [answer.status for answer in asked] == [503, 503, 503]


def test_T04_while_the_users_are_not_known_nobody_is_sent_away_for_good(platform):
    def unknown():
        raise UsersUnavailable("away")

    gate = Gate(users=unknown, sessions=Sessions(platform.client, SESSIONS), clock=lambda: 0)
    platform.east = Region(platform.world, None, gate=gate)
    assert platform.sign_in().status == 503


def test_T04_of_those_who_sign_in_only_a_few_are_tried_at_once(platform, monkeypatch):
    monkeypatch.setattr(passwords, "WAIT_S", 0.01)
    gate = platform.gate()
    for _ in range(passwords.AT_ONCE):
        assert gate._turns.acquire(blocking=False)
    platform.east = Region(platform.world, None, gate=gate)
    assert platform.sign_in().status == 503
    gate._turns.release()
    assert [platform.sign_in().status for _ in range(passwords.AT_ONCE + 1)] == [201] * 3, "turns come back"


def test_the_members_of_the_secret_are_read_and_others_are_an_error():
    assert hashes({"users": USERS, "session_keys": []}) == USERS
    for wrong in ({}, {"users": None}, {"users": 1}, {"users": ["ada"]}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            hashes(wrong)


def request(headers):
    return SimpleNamespace(headers=headers, forwarded=False)


def refusal(platform, headers):
    return platform.east.send("GET /orders", query={"open": "true"}, headers=headers)
