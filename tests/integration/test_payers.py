"""Who is let in, at the gateways of the deployed system."""

import base64
import json

import pytest

from lib.systems.load import load_settings
from tests.integration.conftest import ask, prove, token

ROUTES = [
    ("POST", "/payments"),
    ("GET", "/payments/7d0a2d3e-35c5-4a0e-9f6e-000000000000"),
    ("PUT", "/sessions/integration-session-0001"),
    ("GET", "/sessions/integration-session-0001"),
    ("DELETE", "/sessions/integration-session-0001"),
]


def part(document: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def decoded(text: str) -> dict:
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def forged(changed: dict) -> str:
    """The good token with other contents and its own signature."""
    head, claims, signature = token().split(".")
    of_head = {name: value for name, value in changed.items() if name in {"alg", "kid"}}
    of_claims = {name: value for name, value in changed.items() if name not in of_head}
    return ".".join([part(decoded(head) | of_head), part(decoded(claims) | of_claims), signature])


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("bearer", [None, "", "a.b.c", "nonsense"])
def test_without_a_token_nothing_is_served_by_either_region(deployment, regions, method, path, bearer):
    for region in regions:
        assert ask(deployment, region, path, method=method, bearer=bearer).status == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"kid": "another"},
        {"sub": "another-payer"},
        {"aud": "another-api"},
        {"exp": 9_999_999_999},
        {"scope": "everything"},
    ],
    ids=["alg none", "alg HS256", "unknown kid", "subject", "audience", "prolonged", "scope"],
)
def test_a_token_that_was_changed_is_refused(deployment, holder, payment, key, changed):
    bad = forged(changed)
    assert ask(deployment, holder, "/payments", body=payment, key=key, bearer=bad).status == 401
    unsigned = bad.rpartition(".")[0] + "."
    assert ask(deployment, holder, "/payments", body=payment, key=key, bearer=unsigned).status == 401


def test_a_token_to_read_does_not_pay_and_one_to_pay_does_not_read(deployment, holder, payment, key):
    scopes = load_settings().api.authorization
    reader, payer = token(scopes.read_scope), token(scopes.pay_scope)
    assert ask(deployment, holder, "/payments", body=payment, key=key, bearer=reader).status == 403
    paid = ask(deployment, holder, "/payments", body=payment, key=key, bearer=payer)
    assert paid.status == 201
    path = f"/payments/{paid.body['payment_id']}"
    assert ask(deployment, holder, path, bearer=payer).status == 403
    assert ask(deployment, holder, path, bearer=reader).status == 200


def test_another_payers_payment_does_not_exist_and_its_key_is_another_key(
    deployment, holder, regions, payment, key
):
    """The other payer is the role that signs synthetic payments."""
    theirs = prove(deployment, holder, payment | {"currency": "XTS"}, key)
    assert theirs.status == 201
    for region in regions:
        assert ask(deployment, region, f"/payments/{theirs.body['payment_id']}").status == 404
    ours = ask(deployment, holder, "/payments", body=payment, key=key)
    assert ours.status == 201
    assert ours.body["payment_id"] != theirs.body["payment_id"]


def test_only_a_signature_makes_a_synthetic_payment(deployment, holder, payment, key):
    for bearer in (None, token()):
        refused = ask(deployment, holder, "/synthetic-payments", body=payment, key=key, bearer=bearer)
        assert refused.status == 403


@pytest.mark.parametrize("path", ["/health/live", "/openapi.json"])
def test_health_and_the_document_are_open(deployment, regions, path):
    for region in regions:
        assert ask(deployment, region, path, bearer=None).status == 200
