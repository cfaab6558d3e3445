"""A name with addresses that swallow packets costs one timeout, or none where one of them answers."""

import socket
import time

import pytest
import urllib3.util.connection

from dr import racing
from dr.front_door import probe

from .black_hole import black_holes, resolving_to

TIMEOUT_S = 1.0
HOSTS = ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5")


@pytest.fixture
def holes():
    with black_holes(*HOSTS) as found:
        yield found


@pytest.fixture
def listening():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()


def test_four_addresses_that_swallow_packets_cost_one_timeout_and_not_four(holes, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to(holes))
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="within 1 s"):
        racing.connect(("east", 443), TIMEOUT_S)
    assert TIMEOUT_S <= time.monotonic() - began < len(holes) * TIMEOUT_S


def test_the_address_that_answers_is_found_behind_those_that_do_not(holes, listening, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to([*holes, listening]))
    with racing.connect(("east", 443), socket_options=[(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]) as one:
        assert one.getpeername() == listening
        assert one.gettimeout() == racing.DEFAULT_S


def test_addresses_that_refuse_are_told_as_that(listening, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setattr(socket, "getaddrinfo", resolving_to([unused.getsockname()]))
        with pytest.raises(ConnectionRefusedError):
            racing.connect(("east", 443), TIMEOUT_S)


def test_an_address_family_that_is_not_there_is_passed_by(listening, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to([("256.0.0.1", 1), listening]))
    with racing.connect(("east", 443), source_address=("127.0.0.1", 0)) as one:
        assert one.getpeername() == listening


def test_a_name_without_an_address_is_an_error(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to([]))
    with pytest.raises(OSError, match="no address"):
        racing.connect(("east", 443), TIMEOUT_S)


def test_the_library_of_aws_connects_so_too():
    racing.install()
    assert urllib3.util.connection.create_connection is racing.connect


def test_a_front_door_that_swallows_packets_says_that_it_timed_out(holes, monkeypatch):
    monkeypatch.setattr("dr.front_door.TIMEOUT_S", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to(holes))
    for scheme in ("http", "https"):
        found = probe(f"{scheme}://east.test", "/health/live")
        assert (found.status, "no answer" in found.why) == (None, True), found
