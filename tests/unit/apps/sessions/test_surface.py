"""S03: the service of sessions on a real server, over a table in memory."""

import http.client
import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from apps.sessions import __main__, store
from apps.sessions.composition import compose
from apps.sessions.settings import SessionsSettings
from apps.sessions.store import SessionTable
from apps.sessions.surface import MOST_BYTES, surface
from runtime.environment import BadEnvironment
from runtime.parameters import ParameterUnavailable
from tests.unit import emulated
from tests.unit.apps.web.conftest import served

ENVIRONMENT = {"PARAMETER_PREFIX": "/single-region-test", "BUNDLE_VERSION": "abc", "PORT": "8080"}
AWAY = [
    EndpointConnectionError(endpoint_url="https://dynamodb"),
    ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetItem"),
]


@pytest.fixture
def world():
    with mock_aws():
        client = emulated.own_client("dynamodb")
        client.create_table(
            TableName="sessions",
            KeySchema=[{"AttributeName": "session", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "session", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        world = SimpleNamespace(client=client, now=1000.0)
        with served(surface(SessionTable(client, "sessions", lambda: world.now), "abc")) as port:
            world.port = port
            yield world


def ask(world, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=30)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_S03_a_session_is_what_was_written_last_until_it_is_ended(world):
    assert ask(world, "GET", "/sessions/a_B-1")[0] == 404
    assert ask(world, "PUT", "/sessions/a_B-1", '{"user": "ada"}') == (200, b'{"user":"ada"}')
    ask(world, "PUT", "/sessions/a_B-1", '{"user": "grace"}')
    assert ask(world, "GET", "/sessions/a_B-1") == (200, b'{"user":"grace"}')
    assert ask(world, "DELETE", "/sessions/a_B-1") == (204, b"")
    assert ask(world, "DELETE", "/sessions/a_B-1")[0] == 204
    assert ask(world, "GET", "/sessions/a_B-1")[0] == 404


def test_S03_a_session_ends_by_itself_though_its_item_is_still_there(world):
    ask(world, "PUT", "/sessions/a", "{}")
    world.now += store.LIFETIME_S - 1
    assert ask(world, "GET", "/sessions/a")[0] == 200
    world.now += 1
    assert ask(world, "GET", "/sessions/a")[0] == 404
    [item] = world.client.scan(TableName="sessions")["Items"]
    assert item["expires_at"] == {"N": str(1000 + store.LIFETIME_S)}


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "{", b"\xff", "[" * 4000, '{"x": NaN}', '{"x": 1e999}', '{"x": "\\ud800"}']
)
def test_what_is_no_json_object_is_refused_and_changes_nothing(world, body):
    ask(world, "PUT", "/sessions/a", '{"kept": 1}')
    assert ask(world, "PUT", "/sessions/a", body)[0] == 400
    assert ask(world, "GET", "/sessions/a") == (200, b'{"kept":1}')


@pytest.mark.parametrize("broken", [{"holds": {"S": "{"}}, {"holds": None}, {"expires_at": {"S": "later"}}])
def test_what_cannot_be_read_is_no_session_and_is_written_over(world, broken):
    ask(world, "PUT", "/sessions/a", "{}")
    [item] = world.client.scan(TableName="sessions")["Items"]
    world.client.put_item(TableName="sessions", Item={k: v for k, v in (item | broken).items() if v})
    assert ask(world, "GET", "/sessions/a")[0] == 404
    assert ask(world, "PUT", "/sessions/a", "{}")[0] == 200


@pytest.mark.parametrize("name", ["x" * 65, "a.b", "a%0A", "%2E%2E", "%C3%A9"])
def test_a_name_that_is_none_is_refused(world, name):
    for method in ("GET", "PUT", "DELETE"):
        assert ask(world, method, f"/sessions/{name}", "{}")[0] == 400


def test_a_session_that_is_too_large_is_refused(world):
    assert ask(world, "PUT", "/sessions/a", json.dumps({"x": "y" * MOST_BYTES}))[0] == 413


@pytest.mark.parametrize("error", AWAY)
def test_without_the_table_it_says_so_and_is_not_ready_but_lives(world, monkeypatch, error):
    assert ask(world, "GET", "/health/ready") == (200, b'{"ready":true}')

    def refuse(**_):
        raise error

    for name in ("get_item", "put_item", "delete_item"):
        monkeypatch.setattr(world.client, name, refuse)
    for method in ("GET", "PUT", "DELETE"):
        assert ask(world, method, "/sessions/a", "{}") == (503, b'{"error":"not now"}')
    assert ask(world, "GET", "/health/ready") == (503, b'{"ready":false}')
    assert ask(world, "GET", "/health/live") == (200, b'{"live":true}')
    assert ask(world, "GET", "/version") == (200, b'{"version":"abc"}')


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_variable_that_is_missing_is_named(name):
    with pytest.raises(BadEnvironment, match=name):
        SessionsSettings.from_env({**ENVIRONMENT, name: ""})


def test_it_finds_its_table_by_the_parameter_and_does_not_start_without(monkeypatch):
    monkeypatch.setattr("apps.sessions.composition.client", emulated.client)
    settings = SessionsSettings.from_env(ENVIRONMENT)
    with mock_aws():
        with pytest.raises(ParameterUnavailable, match="sessions/table"):
            compose(settings)
        emulated.client("ssm").put_parameter(
            Name="/single-region-test/sessions/table", Value="sessions", Type="String"
        )
        with served(compose(settings)) as port:
            assert ask(SimpleNamespace(port=port), "GET", "/version") == (200, b'{"version":"abc"}')


def test_main_serves_where_the_environment_says(monkeypatch):
    seen = {}

    class Recorded:
        def run(self):
            seen["ran"] = True

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(__main__, "compose", lambda settings: settings.version)
    monkeypatch.setattr(__main__, "server", lambda app, **where: seen.update(where, app=app) or Recorded())
    __main__.main()
    assert (seen["app"], seen["port"], seen["ran"]) == ("abc", 8080, True)
