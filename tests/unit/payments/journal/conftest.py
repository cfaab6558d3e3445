from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from moto import mock_aws

from durable.arrivals import Arrivals
from durable.entry import JournalEntry
from durable.journal import Journal
from payments.book import BOOK
from tests.unit import emulated
from tests.unit.payments.journal.tables import ARRIVALS, NEVER, TABLE, Clock, create


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client() -> Iterator[object]:
    with mock_aws():
        client = emulated.client("dynamodb")
        create(client)
        yield client


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def journal(client, clock, pauses) -> Journal:
    return Journal(client, TABLE, Arrivals(client, ARRIVALS, clock, BOOK), BOOK, pauses.append)


@pytest.fixture
def accept(journal, entry) -> Callable[..., JournalEntry]:
    """Accepts the entry, changed as told."""
    return lambda **changed: journal.accept(replace(entry, **changed), until_ms=NEVER)
