import json
from collections.abc import Callable

import pytest
import trustme
from botocore.exceptions import ConnectTimeoutError

from runtime.database import Database, DatabaseUnavailable
from runtime.parameters import ParameterUnavailable

from .conftest import READY, TEXT, Postgres, boolean_row, failure, row


class KnownParameters:
    def __init__(self, **values: str) -> None:
        self.values = values

    def get(self, name: str) -> str:
        try:
            return self.values[name.replace("/", "_")]
        except KeyError:
            raise ParameterUnavailable(name) from None


class Secrets:
    """Answers with the next of its secrets; the last one stays."""

    def __init__(self, *secrets: str) -> None:
        self.secrets = list(secrets)
        self.reads = 0

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803
        self.reads += 1
        return {"SecretString": self.secrets.pop(0) if len(self.secrets) > 1 else self.secrets[0]}


def secret(postgres: Postgres, **changes: str) -> str:
    return json.dumps({"username": "ledger", "password": "right", "ca": postgres.ca} | changes)


@pytest.fixture
def parameters(postgres: Postgres) -> KnownParameters:
    return KnownParameters(db_writer=postgres.address, db_name="payments", db_secret="payments/database")


@pytest.fixture
def database(postgres: Postgres, parameters: KnownParameters) -> Callable[..., Database]:
    def build(*secrets: str) -> Database:
        return Database(parameters, Secrets(*(secrets or [secret(postgres)])), connect_timeout=2)

    return build


def test_another_parameter_may_name_it_and_a_name_stand_for_the_host_of_its_certificate(postgres):
    port = postgres.address.rpartition(":")[2]
    parameters = KnownParameters(
        db_replica=f"db.internal:{port}", db_name="payments", db_secret="payments/database"
    )
    database = Database(
        parameters,
        Secrets(secret(postgres)),
        endpoint="db/replica",
        resolve={"db.internal": "127.0.0.1"}.__getitem__,
    )
    assert database.writable()


@pytest.mark.parametrize(("value", "writable"), [("t", True), ("f", False)])
def test_the_database_says_whether_it_is_the_writer(database, postgres, value, writable):
    postgres.answer = lambda: boolean_row(value)
    assert database().writable() is writable
    assert "pg_is_in_recovery()" in postgres.seen.queries[0]


@pytest.mark.parametrize("told", ["16.11", "16.11 (Debian 16.11-1.pgdg120+1)"])
def test_the_database_says_which_version_it_is(database, postgres, told):
    postgres.answer = lambda: row(told, TEXT)
    assert database().version() == "16.11"


def test_the_server_gives_up_before_the_client_stops_listening(database, postgres):
    database().connect().close()
    assert postgres.seen.startup == {
        "user": "ledger",
        "database": "payments",
        "statement_timeout": "1500",
        "lock_timeout": "1500",
        "idle_in_transaction_session_timeout": "2000",
    }


def test_a_server_of_another_authority_is_not_spoken_to(database, postgres):
    stranger = trustme.CA().cert_pem.bytes().decode()
    with pytest.raises(DatabaseUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        database(secret(postgres, ca=stranger)).connect()
    assert postgres.seen.passwords == []


def test_a_certificate_for_another_host_is_refused(database, postgres):
    postgres.host = "elsewhere.example"
    with pytest.raises(DatabaseUnavailable, match="IP address mismatch"):
        database().connect()
    assert postgres.seen.passwords == []


def test_a_server_without_tls_is_refused(database, postgres):
    postgres.speaks_tls = False
    with pytest.raises(DatabaseUnavailable, match="refuses SSL"):
        database().connect()


def test_the_secret_is_read_once(postgres, parameters):
    secrets = Secrets(secret(postgres))
    database = Database(parameters, secrets)
    database.connect().close()
    database.connect().close()
    assert secrets.reads == 1


def test_a_rotated_password_is_read_again_once(database, postgres):
    rotating = database(secret(postgres), secret(postgres, password="rotated"))
    rotating.connect().close()
    postgres.password = "rotated"
    rotating.connect().close()
    assert postgres.seen.passwords == ["right", "right", "rotated"]


def test_a_rotated_authority_is_read_again_once(database, postgres):
    renewed = trustme.CA()
    rotating = database(secret(postgres), secret(postgres, ca=renewed.cert_pem.bytes().decode()))
    rotating.connect().close()
    postgres.authority = renewed
    rotating.connect().close()


def test_a_password_that_stays_wrong_is_tried_twice_and_no_more(database, postgres):
    rotating = database(secret(postgres))
    rotating.connect().close()
    postgres.password = "unknown"
    with pytest.raises(DatabaseUnavailable):
        rotating.connect()
    assert postgres.seen.passwords == ["right", "right", "right"]


def test_a_fresh_secret_that_is_wrong_is_not_read_again(database, postgres):
    with pytest.raises(DatabaseUnavailable):
        database(secret(postgres, password="wrong")).connect()
    assert postgres.seen.passwords == ["wrong"]


def test_a_database_that_is_down_costs_no_second_secret(database, postgres):
    known = database()
    known.connect().close()
    postgres.stop()
    with pytest.raises(DatabaseUnavailable, match="Can't create a connection"):
        known.connect()


@pytest.mark.parametrize(
    "broken", ["no json", "{}", '{"username": "u", "password": "hunter2", "ca": ""}', "[1]"]
)
def test_a_malformed_secret_is_not_quoted(database, broken):
    with pytest.raises(DatabaseUnavailable, match="payments/database is malformed") as caught:
        database(broken).connect()
    assert "hunter2" not in str(caught.value)


def test_a_secret_store_that_does_not_answer(parameters):
    class Silent:
        def get_secret_value(self, SecretId: str) -> None:  # noqa: N803
            raise ConnectTimeoutError(endpoint_url="https://secretsmanager")

    with pytest.raises(DatabaseUnavailable, match="cannot read secret"):
        Database(parameters, Silent()).connect()


def test_an_unknown_parameter_makes_the_database_unavailable():
    with pytest.raises(DatabaseUnavailable, match="db/secret"):
        Database(KnownParameters(), Secrets("")).connect()


def test_a_parameter_that_is_no_address(database, parameters):
    parameters.values["db_writer"] = "nowhere"
    with pytest.raises(DatabaseUnavailable, match="cannot connect"):
        database().connect()


def test_a_refused_statement_ends_the_session_as_unavailable(database, postgres):
    postgres.answer = lambda: failure("57014") + READY
    with pytest.raises(DatabaseUnavailable, match="57014"):
        database().writable()


def test_a_connection_that_breaks_ends_the_session_as_unavailable(database, postgres):
    def broken() -> bytes:
        raise ConnectionResetError

    postgres.answer = broken
    with pytest.raises(DatabaseUnavailable):
        database().writable()


def test_the_error_of_the_caller_passes_through_a_session(database):
    with pytest.raises(LookupError, match="mine"), database().session():
        raise LookupError("mine")
