"""The connection to the other region, against a server that is really there."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
import trustme

from intake.errors import PeerUnavailable
from intake.peer import Call, Peer
from runtime.parameters import ParameterUnavailable

EAST = "us-east-1"
CALL = Call(method="POST", path="/payments", body=b"{}", headers={"X-Forwarded-By": "us-west-2"})


class Server(ThreadingHTTPServer):
    """A region's API. A test changes what it answers; `hang_up` closes each connection after its
    answer, which `says_so` or does not."""

    daemon_threads = True

    def __init__(self) -> None:
        self.status, self.body, self.region = 201, b'{"status": "settled"}', EAST
        self.delay_s = 0.0
        self.hang_up = self.says_so = False
        self.requests: list[SimpleNamespace] = []
        super().__init__(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server_address[1]}/stage"

    def handle_error(self, *_: object) -> None:
        """A client that went away is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.requests.append(
            SimpleNamespace(
                path=self.path, headers=dict(self.headers), body=body, client=self.client_address[1]
            )
        )
        time.sleep(server.delay_s)
        self.send_response(server.status)
        if server.region:
            self.send_header("X-Region", server.region)
        self.send_header("Content-Length", str(len(server.body)))
        if server.says_so:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(server.body)
        self.close_connection = server.hang_up

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join(5)


@pytest.fixture
def parameters(server):
    found = {f"peers/{EAST}/endpoint": server.endpoint}

    def get(name: str) -> str:
        if name not in found:
            raise ParameterUnavailable(name)
        return found[name]

    return SimpleNamespace(get=get, found=found)


@pytest.fixture
def peer(parameters) -> Peer:
    return Peer(parameters)


def unavailable(peer: Peer, region: str = EAST, within_s: float = 5) -> str:
    with pytest.raises(PeerUnavailable) as caught:
        peer.send(region, CALL, within_s=within_s)
    return str(caught.value)


def test_a_call_arrives_as_it_is_and_its_answer_comes_back(peer, server) -> None:
    answer = peer.send(EAST, CALL, within_s=5)
    assert (answer.status, answer.body, answer.headers["x-region"]) == (201, {"status": "settled"}, EAST)
    [request] = server.requests
    assert (request.path, request.body) == ("/stage/payments", b"{}")
    assert request.headers["X-Forwarded-By"] == "us-west-2"


def test_calls_share_a_connection(peer, server) -> None:
    for _ in range(3):
        peer.send(EAST, CALL, within_s=5)
    assert len({request.client for request in server.requests}) == 1


@pytest.mark.parametrize("says_so", [False, True])
def test_a_connection_that_was_closed_meanwhile_is_opened_again(peer, server, says_so) -> None:
    server.hang_up, server.says_so = True, says_so
    peer.send(EAST, CALL, within_s=5)
    time.sleep(0.05)
    assert peer.send(EAST, CALL, within_s=5).status == 201
    assert len({request.client for request in server.requests}) == 2


def test_a_new_endpoint_gets_a_new_connection(peer, server, parameters) -> None:
    peer.send(EAST, CALL, within_s=5)
    parameters.found[f"peers/{EAST}/endpoint"] = server.endpoint.replace("/stage", "")
    peer.send(EAST, CALL, within_s=5)
    assert [request.path for request in server.requests] == ["/stage/payments", "/payments"]
    assert len({request.client for request in server.requests}) == 2


def test_a_refusal_is_an_answer(peer, server) -> None:
    server.status = 503
    assert peer.send(EAST, CALL, within_s=5).status == 503


def test_a_slow_region_is_left_in_time(peer, server) -> None:
    server.delay_s = 0.6
    began = time.monotonic()
    assert EAST in unavailable(peer, within_s=0.2)
    assert time.monotonic() - began < 0.5


def test_a_region_that_is_gone(peer, server, parameters) -> None:
    parameters.found[f"peers/{EAST}/endpoint"] = "http://127.0.0.1:1"
    assert "Refused" in unavailable(peer)


def test_a_region_whose_address_is_not_known(peer) -> None:
    assert "peers/eu-west-1/endpoint" in unavailable(peer, "eu-west-1")


@pytest.mark.parametrize("region", ["", "us-west-2"])
def test_what_does_not_come_from_the_service_of_the_region_is_no_answer(peer, server, region) -> None:
    server.status, server.region = 500, region
    assert "without its name" in unavailable(peer)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"text"', b"\xff", json.dumps({"a": "x" * 70_000}).encode()]
)
def test_an_answer_that_is_no_small_json_object_is_none(peer, server, body) -> None:
    server.body = body
    unavailable(peer)
    server.body = b"{}"
    assert peer.send(EAST, CALL, within_s=5).body == {}


def test_an_endpoint_over_tls_must_prove_its_name(peer, server, parameters) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    parameters.found[f"peers/{EAST}/endpoint"] = server.endpoint.replace("http:", "https:")
    assert "CERTIFICATE_VERIFY_FAILED" in unavailable(peer)
    assert server.requests == []
