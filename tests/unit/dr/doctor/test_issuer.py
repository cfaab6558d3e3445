"""D64: API Gateway refuses an authorizer whose issuer it cannot ask for keys."""

import socket
import ssl
import urllib.error

import pytest

from dr.doctor import issuer
from dr.rules import Verdict
from lib.settings.authorization import Authorization, Mode

FETCH = issuer.fetch
OURS = "https://login.payments.test"
GOOD = {"issuer": OURS, "jwks_uri": f"{OURS}/keys"}


@pytest.fixture
def published(monkeypatch):
    def published(answer):
        monkeypatch.setattr(issuer, "fetch", lambda url: answer)

    return published


def test_an_issuer_that_says_who_it_is_and_where_its_keys_are_passes(published, passes):
    published(GOOD)
    assert passes("D64")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, f"{OURS}/.well-known/openid-configuration is no JSON document"),
        ([GOOD], f"{OURS}/.well-known/openid-configuration is no JSON document"),
        (GOOD | {"issuer": f"{OURS}/"}, f"it says that it is {OURS}/, and api.authorization.issuer = {OURS}"),
        ({"issuer": OURS}, "it does not say where its keys are: jwks_uri"),
        (GOOD | {"jwks_uri": "http://plain"}, "it does not say where its keys are: jwks_uri"),
    ],
)
def test_an_issuer_that_api_gateway_would_refuse_is_found(published, problem, answer, said):
    published(answer)
    assert problem("D64").startswith(said)


def test_without_tokens_no_issuer_is_asked(monkeypatch, changed, passes):
    monkeypatch.setattr(issuer, "fetch", lambda url: pytest.fail("asked"))
    nobody = Authorization(mode=Mode.NONE, reason="a private gateway in front knows its callers")
    assert passes("D64", changed(api={"authorization": nobody}))


class Page:
    def __init__(self, text):
        self.text = text

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def read(self):
        return self.text


def test_the_document_is_read_from_the_issuer(monkeypatch, passes):
    asked = []
    monkeypatch.setattr(issuer, "fetch", FETCH)
    text = b'{"issuer": "https://login.payments.test", "jwks_uri": "https://login.payments.test/keys"}'
    monkeypatch.setattr(
        issuer.urllib.request, "urlopen", lambda url, timeout: asked.append(url) or Page(text)
    )
    assert passes("D64")
    assert asked == [f"{OURS}/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    ("failure", "verdict"),
    [
        (urllib.error.HTTPError(OURS, 404, "no", {}, None), Verdict.FAIL),
        (urllib.error.URLError(socket.gaierror("no such name")), Verdict.FAIL),
        (urllib.error.URLError(ssl.SSLError("who signed that")), Verdict.UNKNOWN),
        (TimeoutError("slow"), Verdict.UNKNOWN),
    ],
)
def test_a_name_that_does_not_exist_fails_and_a_network_that_is_closed_leaves_it_unknown(
    monkeypatch, found, failure, verdict
):
    def refuse(url, timeout):
        raise failure

    monkeypatch.setattr(issuer, "fetch", FETCH)
    monkeypatch.setattr(issuer.urllib.request, "urlopen", refuse)
    assert {one.verdict for one in found("D64").values()} == {verdict}


def test_a_page_that_is_no_json_is_none(monkeypatch):
    monkeypatch.setattr(issuer.urllib.request, "urlopen", lambda url, timeout: Page(b"<html>"))
    assert FETCH(OURS) is None
