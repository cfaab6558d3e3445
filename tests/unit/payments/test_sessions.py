from collections.abc import Iterator

import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from intake.sessions import Session, Sessions
from payments import handler as module
from tests.unit import emulated
from tests.unit.payments.service import SESSION_ID, Frontend, event, session

TABLE = "payments-sessions-test"
DATA = {"cart": "7 items", "step": "Überweisung"}

TEXT = "must be visible text without control characters and without U+FFFD, which stands for lost ones"


@pytest.fixture
def client() -> Iterator[object]:
    with mock_aws():
        client = emulated.client("dynamodb")
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "session_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "session_id", "AttributeType": "S"}],
        )
        yield client


@pytest.fixture
def send(world, client, monkeypatch) -> Frontend:
    monkeypatch.setattr(module, "now_ms", world.clock)
    frontend = Frontend(world)
    frontend.sessions = Sessions(client, TABLE)
    return frontend


def test_a_session_is_kept_read_and_forgotten(send) -> None:
    wanted = {"session_id": SESSION_ID, "data": DATA, "expires_at": 1_000 + 600}
    kept = send(session("PUT", {"data": DATA, "ttl_s": 600}))
    assert (kept.status, kept.body) == (200, wanted)
    read = send(session("GET"))
    assert (read.status, read.body) == (200, wanted)
    gone = send(session("DELETE"))
    assert (gone.status, gone.text) == (204, "")
    assert send(session("GET")).status == 404
    assert send(session("DELETE")).status == 204


def test_a_session_is_replaced_whole(send) -> None:
    send(session("PUT", {"data": {"a": "1", "b": "2"}}))
    send(session("PUT", {"data": {"b": "3"}}))
    assert send(session("GET")).body["data"] == {"b": "3"}


def test_an_expired_session_is_gone_before_dynamodb_deletes_it(send, world, client) -> None:
    send(session("PUT", {"data": DATA, "ttl_s": 60}))
    world.now_ms += 59_999
    assert send(session("GET")).status == 200
    world.now_ms += 1
    assert send(session("GET")).status == 404
    assert client.scan(TableName=TABLE)["Items"][0]["expires_at"] == {"N": "1060"}


@pytest.mark.parametrize(
    "broken", [{"data": None}, {"expires_at": {"S": "later"}}, {"data": {"M": {"cart": {"N": "7"}}}}]
)
def test_a_session_that_cannot_be_read_is_none_and_another_takes_its_place(send, client, broken) -> None:
    send(session("PUT", {"data": DATA}))
    [item] = client.scan(TableName=TABLE)["Items"]
    client.put_item(TableName=TABLE, Item={k: v for k, v in (item | broken).items() if v})
    assert send(session("GET")).status == 404
    assert send(session("PUT", {"data": DATA})).status == 200
    assert send(session("GET")).body["data"] == DATA


def test_a_session_lives_half_an_hour_unless_it_says_otherwise(send) -> None:
    assert send(session("PUT", {"data": {}})).body["expires_at"] == 1_000 + 1_800


def test_sessions_need_no_lease_and_no_ledger(send, world) -> None:
    world.lease = None
    assert send(session("PUT", {"data": DATA})).status == 200
    assert world.reads == 0


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({}, "data", "is required"),
        ({"data": [], "ttl_s": 60}, "data", "must be of type object"),
        ({"data": {"a": 1}}, "data", "must be of type string"),
        ({"data": {"a": {"b": "c"}}}, "data", "must be of type string"),
        ({"data": {"a": "\n"}}, "data", TEXT),
        ({"data": {"a": "x" * 257}}, "data", "must have at most 256 characters"),
        ({"data": {"a b": "1"}}, "data", "must have names of 1 to 64 characters of A-Z a-z 0-9 _ . -"),
        ({"data": dict.fromkeys(map(str, range(17)), "")}, "data", "must have at most 16 fields"),
        ({"data": {}, "ttl_s": 59}, "ttl_s", "must be at least 60"),
        ({"data": {}, "ttl_s": 86_401}, "ttl_s", "must be at most 86400"),
        ({"data": {}, "surprise": 1}, "", "must have no other fields than data, ttl_s"),
    ],
)
def test_a_bad_session_is_refused(send, client, body, field, message) -> None:
    answer = send(session("PUT", body))
    assert (answer.status, answer.body["errors"]) == (400, [{"field": field, "message": message}])
    assert client.scan(TableName=TABLE)["Count"] == 0


def test_a_refusal_repeats_nothing_of_the_session(send) -> None:
    secret = "4111111111111111"
    assert secret not in send(session("PUT", {"data": {secret: 1, f"{secret} ": secret + "\n"}})).text


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
@pytest.mark.parametrize("session_id", ["", "short", "x" * 129, "session 0123456789", "session-0123456789\n"])
def test_an_id_that_could_be_guessed_is_refused(send, method, session_id) -> None:
    answer = send(session(method, {"data": {}} if method == "PUT" else None, session_id))
    assert (answer.status, answer.body["errors"][0]["field"]) == (400, "session_id")


def test_a_session_without_an_id(send) -> None:
    assert send(event("GET /sessions/{session_id}")).status == 400


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
def test_a_table_that_does_not_answer_is_a_retry(send, client, method, monkeypatch) -> None:
    def silent(**_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="dynamodb")

    for call in ("put_item", "get_item", "delete_item"):
        monkeypatch.setattr(client, call, silent)
    answer = send(session(method, {"data": {}} if method == "PUT" else None))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


def test_the_id_is_not_logged(send, capsys, caplog) -> None:
    send(session("PUT", {"data": DATA}))
    send(session("GET"))
    assert SESSION_ID not in capsys.readouterr().out + caplog.text


def test_what_is_kept_is_what_was_given(client) -> None:
    sessions = Sessions(client, TABLE)
    kept = Session(session_id=SESSION_ID, data={"empty": "", **DATA}, expires_at=2_000)
    sessions.put(kept)
    assert sessions.find(SESSION_ID, now_s=1_999) == kept
