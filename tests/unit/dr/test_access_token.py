"""`dr token`, and what asks an issuer for it."""

import asyncio
import json
import threading
import time

import pytest
from typer.testing import CliRunner

from dr import token_command
from dr.access_token import Client, NoToken, ca_file
from dr.calls import AwsUnavailable
from dr.commands import app
from dr.reasons.kinds import Kind
from lib.settings.authorization import Mode
from lib.systems.load import load_settings
from localcloud.core import tls
from localcloud.core.ports import free_port
from localcloud.issuer import Issuer

SECTION = load_settings({}).api.authorization


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("issuer")
    certificate = tls.issue(folder)
    (folder / "ca.pem").write_text(certificate.ca_pem)
    served = Issuer(
        port=free_port(),
        certificate=certificate,
        audience="payments",
        scopes=frozenset({"payments/pay", "payments/read"}),
        clients={"payments": "se:cret %"},
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(served.start(), loop).result(5)
    yield served, str(folder / "ca.pem")
    asyncio.run_coroutine_threadsafe(served.stop(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def own(known, **changed) -> Client:
    served, ca = known
    options = {"secret": "se:cret %", "issuer": served.url, "ca_file": ca}
    return Client.of(SECTION, **(options | changed))


def test_a_client_that_knows_its_secret_gets_a_token_for_minutes(issuer):
    token = own(issuer).token()
    assert token.value.count(".") == 2
    assert token.header == {"Authorization": f"Bearer {token.value}"}
    assert 600 < token.expires_at - time.time() < 1000


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "wrong"},
        {"ca_file": None},
        {"issuer": "https://127.0.0.1:1"},
        {"issuer": "http://127.0.0.1:1"},
    ],
    ids=str,
)
def test_no_token_and_never_the_secret(issuer, changed):
    with pytest.raises(NoToken) as refused:
        own(issuer, **changed).token()
    assert "cret" not in str(refused.value)


def test_settings_without_a_client_of_our_own(issuer):
    with pytest.raises(NoToken, match="client_id"):
        Client.of(SECTION.model_copy(update={"client_id": None}), secret="x")


def test_where_the_authority_is(monkeypatch):
    monkeypatch.setenv("TOKEN_ISSUER_CA", "/ca.pem")
    assert ca_file() == "/ca.pem"
    monkeypatch.setenv("TOKEN_ISSUER_CA", "")
    assert ca_file() is None


class Parameter:
    """SSM of one region, or none."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers

    def get_parameter(self, Name, WithDecryption):  # noqa: N803 - as boto3 has them
        assert (Name, WithDecryption) == ("/payments-dev/api/key", True)
        if not self.answers:
            raise AwsUnavailable("no answer")
        return {"Parameter": {"Value": "se:cret %"}}


@pytest.fixture
def typed(issuer, monkeypatch):
    served, ca = issuer
    answering = {"us-east-1", "us-west-2"}
    monkeypatch.setenv("TOKEN_ISSUER", served.url)
    monkeypatch.setenv("TOKEN_ISSUER_CA", ca)
    monkeypatch.setattr(token_command, "client", lambda _, region: Parameter(answers=region in answering))

    def run(*words: str):
        return CliRunner().invoke(app, ["token", *words])

    run.answering = answering
    return run


def test_P09_dr_token_reads_the_api_key_where_a_region_answers(typed):
    assert typed().output.count(".") == 2
    typed.answering.remove("us-east-1")
    found = typed()
    assert (found.exit_code, found.stdout.count(".")) == (0, 2)
    told = json.loads(typed("--region", "us-west-2", "--json").stdout)
    assert (told["schema"], told["token"].count(".")) == ("dr/token/1", 2)


def test_dr_token_says_that_a_system_without_an_api_has_none(typed, monkeypatch):
    without = load_settings().model_copy(update={"api": None})
    monkeypatch.setattr(token_command, "load_settings", lambda: without)
    assert str(typed().exception) == "payments has no API that asks for tokens"


@pytest.mark.parametrize(
    ("kind", "told", "as_kind"),
    [(Kind.NOT_FOUND, "has", "no_token"), (Kind.UNREACHABLE, "tells", "unreachable")],
)
def test_a_secret_that_is_not_there_is_not_one_that_nobody_could_ask_for(
    typed, monkeypatch, kind, told, as_kind
):
    def fails(*_, **__):
        raise AwsUnavailable("x", kind=kind)

    monkeypatch.setattr(Parameter, "get_parameter", fails)
    error = typed().exception
    assert (str(error), error.kind) == (f"no region {told} the secret of the system's own client", as_kind)


def test_dr_token_says_why_there_is_none(typed, monkeypatch):
    typed.answering.clear()
    assert isinstance(typed().exception, NoToken)
    settings = load_settings()
    none = SECTION.model_copy(update={"mode": Mode.NONE, "reason": "a private network stands in front"})
    monkeypatch.setattr(
        token_command,
        "load_settings",
        lambda: settings.model_copy(update={"api": settings.api.model_copy(update={"authorization": none})}),
    )
    assert "a private network stands in front" in str(typed().exception)
