import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from failover import region_api
from failover.region_api import ApiUnavailable, RegionApi
from payments import own_api
from payments.own_api import OwnApi
from runtime.parameters import ParameterUnavailable


class Endpoint:
    """The parameter api/endpoint."""

    def __init__(self, url: str | None) -> None:
        self.url = url

    def get(self, name: str) -> str:
        if self.url is None or name != "api/endpoint":
            raise ParameterUnavailable(name)
        return self.url


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.fixture
def server() -> Iterator[SimpleNamespace]:
    state = SimpleNamespace(status=200, requests=[], silent=threading.Event(), url="")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            state.requests.append((self.command, self.path, dict(self.headers), body))
            state.silent.wait(5)
            self.send_response(state.status)
            self.send_header("X-Region", "us-west-2")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    state.silent.set()
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{http.server_port}/stage"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    state.silent.set()
    http.shutdown()
    thread.join(10)
    http.server_close()


@pytest.mark.parametrize(("status", "live"), [(200, True), (204, False), (302, False), (503, False)])
def test_only_200_is_live(server, status, live):
    server.status = status
    assert RegionApi(Endpoint(server.url), region="us-west-2").live() is live
    assert [(method, path) for method, path, *_ in server.requests] == [("GET", "/stage/health/live")]


def test_an_answer_that_takes_too_long_is_none(server, monkeypatch):
    monkeypatch.setattr(region_api, "LIVE_TIMEOUT_S", 0.05)
    server.silent.clear()
    with pytest.raises(ApiUnavailable, match="timed out"):
        RegionApi(Endpoint(server.url), region="us-west-2").live()


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:1", "https://127.0.0.1:1", "http://127.0.0.1:port"])
def test_an_api_that_cannot_be_reached(url):
    with pytest.raises(ApiUnavailable, match="GET /health/live"):
        RegionApi(Endpoint(url), region="us-west-2").live()


def test_a_region_proves_an_epoch_by_one_synthetic_payment_under_its_own_key(server):
    api = OwnApi(Endpoint(server.url), region="us-west-2")
    for _ in range(2):
        assert api.prove(system="payments", epoch=7).status == 200
    assert {request[1] for request in server.requests} == {"/stage/synthetic-payments"}
    keys = {request[2]["Idempotency-Key"] for request in server.requests}
    assert keys == {"synthetic-payments-7"}


def test_a_payment_is_sent_with_its_key(server):
    server.status = 201
    answer = OwnApi(Endpoint(server.url), region="us-west-2").pay(
        {"amount_minor": 1}, idempotency_key="synthetic-1"
    )
    [(method, path, headers, body)] = server.requests
    assert (method, path, json.loads(body)) == ("POST", "/stage/synthetic-payments", {"amount_minor": 1})
    assert (headers["Idempotency-Key"], headers["Content-Type"]) == ("synthetic-1", "application/json")
    assert re.match(
        r"AWS4-HMAC-SHA256 Credential=\w+/\d{8}/us-west-2/execute-api/aws4_request, "
        r"SignedHeaders=content-type;host;idempotency-key;x-amz-date(;\S+)?, Signature=[0-9a-f]{64}",
        headers["Authorization"],
    )
    assert (answer.status, answer.headers["x-region"]) == (201, "us-west-2")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_each_request_has_its_own_patience_and_the_scheme_of_the_endpoint(monkeypatch, scheme):
    asked = []

    def connection(kind: str) -> Callable[..., object]:
        def connect(host: str, *, timeout: float) -> object:
            asked.append((kind, host, timeout))
            raise OSError("no network")

        return connect

    monkeypatch.setattr(region_api, "HTTPConnection", connection("http"))
    monkeypatch.setattr(region_api, "HTTPSConnection", connection("https"))
    api = OwnApi(Endpoint(f"{scheme}://api.example/stage"), region="us-west-2")
    with pytest.raises(ApiUnavailable, match="GET /health/live"):
        api.live()
    with pytest.raises(ApiUnavailable, match="POST /synthetic-payments"):
        api.pay({}, idempotency_key="synthetic-1")
    assert asked == [(scheme, "api.example", 2.0), (scheme, "api.example", 10.0)]


@pytest.fixture
def logged(monkeypatch) -> list[str]:
    lines: list[str] = []
    note = lambda line, **_: lines.append(line)  # noqa: E731
    monkeypatch.setattr(own_api, "logger", SimpleNamespace(warning=note, error=note))
    return lines


@pytest.mark.parametrize(("status", "said"), [(401, []), (200, ["the gateway takes forged tokens"])])
def test_the_gateway_meets_a_token_that_it_must_refuse(server, logged, status, said):
    server.status = status
    OwnApi(Endpoint(server.url), region="us-west-2").meet_a_token()
    [(method, path, headers, _)] = server.requests
    assert (method, path) == ("GET", "/stage/payments/00000000-0000-0000-0000-000000000000")
    scheme, token = headers["Authorization"].split()
    head = token.partition(".")[0]
    assert scheme == "Bearer"
    assert json.loads(base64.urlsafe_b64decode(head + "==")) == {"alg": "RS256", "kid": "nobody"}
    assert logged == said


def test_a_gateway_that_does_not_answer_meets_no_token(logged):
    OwnApi(Endpoint("http://127.0.0.1:1"), region="us-west-2").meet_a_token()
    assert logged == ["the gateway met no token"]
