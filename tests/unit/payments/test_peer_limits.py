"""How long, and how much, the other region may answer."""

import json
import socket
import threading
import time
from contextlib import suppress
from types import SimpleNamespace

import pytest

from intake import peer as module
from intake.errors import PeerUnavailable
from intake.peer import MAX_ANSWER_BYTES, Call, Peer

EAST = "us-east-1"
CALL = Call(method="GET", path="/payments/1")


def answers_with(size: int) -> bytes:
    """An answer whose body has so many bytes."""
    body = json.dumps({"a": "x" * (size - len(json.dumps({"a": ""})))}).encode()
    assert len(body) == size
    head = f"HTTP/1.1 200 OK\r\nX-Region: {EAST}\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + body


class Listener:
    """Accepts one connection an answer, and says it; without an answer it only listens.

    It says at most `piece` bytes at once, and keeps a connection `open_s` after an answer.
    """

    def __init__(self, *answers: bytes, piece: int = 1 << 20, open_s: float = 0.5) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._answers = answers or (b"",)
        self._piece, self._open_s = piece, open_s
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for answer in self._answers:
            connection, _ = self._socket.accept()
            connection.recv(65_536)
            with suppress(ConnectionError):  # who has heard enough hangs up
                for start in range(0, len(answer), self._piece):
                    connection.sendall(answer[start : start + self._piece])
                    time.sleep(0.02)
            time.sleep(self._open_s if answer else 3)
            connection.close()


def peer_at(port: int) -> Peer:
    return Peer(SimpleNamespace(get=lambda _: f"http://127.0.0.1:{port}"))


def test_the_longest_answer_is_read() -> None:
    answer = peer_at(Listener(answers_with(MAX_ANSWER_BYTES)).port).send(EAST, CALL, within_s=5)
    assert len(answer.body["a"]) > MAX_ANSWER_BYTES - 20


def test_one_byte_more_is_refused() -> None:
    listener = Listener(answers_with(MAX_ANSWER_BYTES + 1))
    with pytest.raises(PeerUnavailable, match=f"an answer of more than {MAX_ANSWER_BYTES} bytes"):
        peer_at(listener.port).send(EAST, CALL, within_s=5)


def test_no_more_is_read_than_shows_that_an_answer_is_too_long() -> None:
    answer = answers_with(MAX_ANSWER_BYTES + 1).replace(b"Content-Length: ", b"Content-Length: 9")
    with pytest.raises(PeerUnavailable, match=f"an answer of more than {MAX_ANSWER_BYTES} bytes"):
        peer_at(Listener(answer, open_s=3).port).send(EAST, CALL, within_s=1)


def test_an_answer_that_is_no_object_says_so() -> None:
    head = f"HTTP/1.1 200 OK\r\nX-Region: {EAST}\r\nContent-Length: 2\r\n\r\n[]"
    with pytest.raises(PeerUnavailable) as caught:
        peer_at(Listener(head.encode()).port).send(EAST, CALL, within_s=5)
    assert str(caught.value) == f"{EAST}: ValueError('an answer that is no JSON object')"


def test_the_wait_ends_when_it_was_agreed() -> None:
    began = time.monotonic()
    with pytest.raises(PeerUnavailable, match=f"{EAST}: "):
        peer_at(Listener().port).send(EAST, CALL, within_s=0.2)
    assert time.monotonic() - began < 2


def test_an_answer_that_trickles_is_not_waited_for() -> None:
    """Each of its bytes comes in time, all of them do not."""
    with pytest.raises(PeerUnavailable, match=rf"^{EAST}: no answer within 0\.2 s$"):
        peer_at(Listener(answers_with(20), piece=2).port).send(EAST, CALL, within_s=0.2)


def test_a_connection_that_replaces_a_closed_one_has_the_same_limit() -> None:
    peer = peer_at(Listener(answers_with(20), b"", open_s=0).port)
    peer.send(EAST, CALL, within_s=5)
    time.sleep(0.1)
    with pytest.raises(PeerUnavailable):
        peer.send(EAST, CALL, within_s=0.2)
    began = time.monotonic()
    peer._bounded.run(lambda: None, within_s=2)
    assert time.monotonic() - began < 1.5


def test_the_thread_of_a_call_that_was_given_up_ends_too() -> None:
    peer = peer_at(Listener().port)
    with pytest.raises(PeerUnavailable):
        peer.send(EAST, CALL, within_s=0.2)
    # The next call waits behind it: for the limit of the first, not for the peer.
    began = time.monotonic()
    peer._bounded.run(lambda: None, within_s=2)
    assert time.monotonic() - began < 1.5


def test_a_region_that_is_gone_costs_the_limit_of_connecting(monkeypatch) -> None:
    limits = []

    class Connection:
        def __init__(self, _netloc: str, *, timeout: float) -> None:
            limits.append(timeout)

        def connect(self) -> None:
            raise TimeoutError

    monkeypatch.setattr(module, "HTTPConnection", Connection)
    with pytest.raises(PeerUnavailable):
        peer_at(1).send(EAST, CALL, within_s=5)
    assert limits == [module.CONNECT_TIMEOUT_S] == [1.0]
