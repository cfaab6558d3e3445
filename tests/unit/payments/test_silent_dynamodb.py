"""What is asked of DynamoDB, and what is said when it does not answer."""

import contextlib
from types import SimpleNamespace

import pytest
from botocore.exceptions import ConnectTimeoutError

from durable.arrivals import Arrivals
from durable.errors import JournalUnavailable
from durable.journal import Journal
from intake.errors import SessionsUnavailable
from intake.sessions import Session, Sessions
from payments.book import BOOK

DOWN = ConnectTimeoutError(endpoint_url="https://dynamodb")


class Silent:
    """A client of DynamoDB that does not answer, and remembers what it was asked."""

    class exceptions:  # noqa: N801 - as botocore names it
        class ConditionalCheckFailedException(Exception): ...

    def __init__(self) -> None:
        self.asked: dict[str, dict[str, object]] = {}

    def __getattr__(self, operation: str):
        def call(**given: object) -> None:
            self.asked[operation] = given
            raise DOWN

        return call

    def get_paginator(self, operation: str) -> SimpleNamespace:
        def pages():
            raise DOWN
            yield

        def paginate(**given: object):
            self.asked[operation] = given
            return pages()

        return SimpleNamespace(paginate=paginate)


def silent(client: Silent) -> Journal:
    return Journal(client, "journal", Arrivals(client, "arrivals", lambda: 0, BOOK), BOOK)


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("accept", lambda journal, entry: journal.accept(entry, until_ms=1)),
        ("settle", lambda journal, entry: journal.settle(entry)),
        ("promise", lambda journal, entry: journal.promise(entry)),
        ("promises", lambda journal, entry: journal.promised("7d0a2d3e")),
        ("find", lambda journal, entry: journal.find("order-0001")),
        ("states", lambda journal, entry: journal.settled(["order-0001"])),
        ("arrivals", lambda journal, entry: list(journal.entries(None))),
        ("arrivals", lambda journal, entry: list(journal.arrived(1))),
    ],
)
def test_a_journal_that_is_silent_says_to_what(operation, call, entry) -> None:
    with pytest.raises(JournalUnavailable, match=f"^journal {operation}: ") as caught:
        call(silent(Silent()), entry)
    assert caught.value.__cause__ is DOWN


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("put", lambda kept: kept.put(Session(session_id="s", data={}, expires_at=1))),
        ("find", lambda kept: kept.find("s", now_s=0)),
        ("delete", lambda kept: kept.delete("s")),
    ],
)
def test_sessions_that_are_silent_say_to_what(operation, call) -> None:
    with pytest.raises(SessionsUnavailable, match=f"^sessions {operation}: "):
        call(Sessions(Silent(), "sessions"))


def test_what_decides_about_payments_is_read_consistently() -> None:
    client = Silent()
    journal = silent(client)
    for read in (
        lambda: journal.find("order-0001"),
        lambda: journal.settled(["order-0001"]),
        lambda: list(journal.entries(None)),
        lambda: list(journal.arrived(1)),
        lambda: journal.promised("7d0a2d3e"),
    ):
        with contextlib.suppress(JournalUnavailable):
            read()
    assert client.asked["get_item"]["ConsistentRead"] is True
    assert client.asked["batch_get_item"]["RequestItems"]["journal"]["ConsistentRead"] is True
    assert client.asked["scan"]["ConsistentRead"] is True
    assert client.asked["query"]["ConsistentRead"] is True


def test_a_region_reads_its_own_sessions_at_once() -> None:
    client = Silent()
    with contextlib.suppress(SessionsUnavailable):
        Sessions(client, "sessions").find("s", now_s=0)
    assert client.asked["get_item"]["ConsistentRead"] is True
