import asyncio
import socket

import pytest

from localcloud.route53 import probe as module
from localcloud.route53 import rules
from localcloud.route53.probe import Place, Result, probe
from localcloud.route53.records import EndpointCheck

CHECK = EndpointCheck(
    id="e",
    type="HTTPS",
    fqdn="api.example",
    port=443,
    path="/health/ready",
    locations=("us-east-1",),
)


def test_the_timeouts_are_those_of_route_53():
    assert (rules.CONNECT_TIMEOUT_S, rules.RESPONSE_TIMEOUT_S) == (4, 2)


async def ask(response: bytes, *, delay_s: float = 0) -> tuple[Result, bytes]:
    """Probes a server that reads a request and sends `response` after a while."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        await asyncio.sleep(delay_s)
        writer.write(response)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    result = await probe(CHECK, lambda *_: Place(address[0], address[1]))
    server.close()
    return result, requests[0]


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", Result(passed=True, reason="HTTP status code 200")),
        (b"HTTP/1.0 204\r\n\r\n", Result(passed=True, reason="HTTP status code 204")),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", Result(passed=True, reason="HTTP status code 302")),
        (b"HTTP/1.1 503 No\r\n\r\n", Result(passed=False, reason="HTTP status code 503")),
    ],
)
async def test_the_status_decides_and_redirects_are_not_followed(response: bytes, expected: Result):
    assert (await ask(response))[0] == expected


@pytest.mark.parametrize("response", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 OK\r\n", b"x" * 100_000])
async def test_what_is_not_http_fails(response: bytes):
    result, _ = await ask(response)
    assert not result.passed
    assert result.reason.startswith("no HTTP response")


async def test_the_request_names_the_public_host_and_path():
    _, request = await ask(b"HTTP/1.1 200 OK\r\n\r\n")
    lines = request.decode().split("\r\n")
    assert lines[0] == "GET /health/ready HTTP/1.1"
    assert "Host: api.example" in lines


async def test_a_stopped_process_accepts_but_fails_for_its_silence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "RESPONSE_TIMEOUT_S", 0.05)
    result, _ = await ask(b"HTTP/1.1 200 OK\r\n\r\n", delay_s=0.2)
    assert result == Result(passed=False, reason="no response within 0.05 s")


async def test_a_full_backlog_fails_for_want_of_a_connection(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "CONNECT_TIMEOUT_S", 0.1)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.settimeout(0)
            filler.connect_ex(full.getsockname())
        result = await probe(CHECK, lambda *_: Place(*full.getsockname()))
        for filler in fillers:
            filler.close()
    assert result == Result(passed=False, reason="no connection within 0.1 s")


async def test_a_closed_port_fails(free_port: int):
    result = await probe(CHECK, lambda *_: Place("127.0.0.1", free_port))
    assert not result.passed
    assert result.reason.startswith("no connection: ")


async def test_a_name_that_is_served_nowhere_fails():
    assert await probe(CHECK, lambda name, _: {}[name]) == Result(
        passed=False, reason="DNS resolution failed"
    )
