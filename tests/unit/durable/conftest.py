from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from durable.ledger import Ledger
from localcloud.core.tls import ServerCertificate
from localcloud.mysql.server import MySQLServer
from tests.unit.durable.engines import EngineUnderTest, InMySQL, InPostgreSQL, mysql_server
from tests.unit.payments.conftest import entry, postgres_port  # noqa: F401 - fixtures

ENGINES = ("postgresql", "mysql, read committed", "mysql, repeatable read", "mariadb, repeatable read")


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, tuple[MySQLServer, ServerCertificate]]]:
    """Those that were asked for, by kind."""
    with ExitStack() as stack:

        class Started(dict[str, tuple[MySQLServer, ServerCertificate]]):
            def __missing__(self, kind: str) -> tuple[MySQLServer, ServerCertificate]:
                self[kind] = stack.enter_context(mysql_server(kind))
                return self[kind]

        yield Started()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, servers) -> Iterator[EngineUnderTest]:
    """Each engine after the other, empty."""
    kind, _, isolation = request.param.partition(", ")
    if kind == "postgresql":
        made: Any = InPostgreSQL(request.getfixturevalue("postgres_port"))
    else:
        made = InMySQL(*servers[kind], isolation)
    made.empty()
    yield made
    made.close()


@pytest.fixture
def connect(engine: EngineUnderTest) -> Callable[[], Any]:
    return engine.connect


@pytest.fixture
def ledger(engine: EngineUnderTest) -> Ledger:
    """A migrated ledger whose fence is at epoch 1."""
    ledger = Ledger(engine.connect(), engine.book)
    ledger.migrate()
    ledger.raise_fence(1)
    return ledger
