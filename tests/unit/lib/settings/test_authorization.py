"""The setting that says who may use the API, and what becomes of it at the gateway."""

import json

import pytest
from pydantic import ValidationError

from lib.settings.authorization import Authorization, Mode
from lib.systems.load import load_settings
from lib.systems.payments.api import ROUTES
from tests.unit.lib.settings.test_settings import complaint
from tests.unit.synthesized import synthesize

SECTION = load_settings({}).api.authorization
REASON = "a private network in front admits our own branch offices only"
OPEN = {"GET /openapi.json", "HEAD /openapi.json"}


def section(**changed: object) -> Authorization:
    return Authorization.model_validate(SECTION.model_dump() | changed)


def routes_of(stack) -> dict[str, dict[str, object]]:
    return {route["route_key"]: route for route in stack.all("aws_apigatewayv2_route")}


@pytest.mark.parametrize("missing", ["issuer", "audience", "pay_scope", "read_scope"])
def test_tokens_need_an_issuer_an_audience_and_both_scopes(missing):
    with pytest.raises(ValidationError, match=f"mode = jwt: needs {missing}"):
        section(**{missing: None if missing != "audience" else ()})


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "http://login.example"},
        {"issuer": "https://login.example/?x=1"},
        {"pay_scope": "two words"},
        {"audience": [""]},
        {"mode": "open"},
        {"reason": REASON},
    ],
    ids=str,
)
def test_what_the_gateway_would_not_take_is_refused(changed):
    with pytest.raises(ValidationError):
        section(**changed)


def test_to_ask_nobody_takes_a_sentence_that_says_why():
    with pytest.raises(ValidationError, match="anybody who reaches the API pays"):
        section(mode="none")
    with pytest.raises(ValidationError, match="at least 20 characters"):
        section(mode="none", reason="because")
    assert section(mode="none", reason=REASON).mode is Mode.NONE


def test_the_environment_names_another_issuer(tmp_path):
    named = load_settings({"TOKEN_ISSUER": "https://127.0.0.1:4444"}).api.authorization
    assert named == SECTION.model_copy(update={"issuer": "https://127.0.0.1:4444"})
    said = complaint(tmp_path, TOKEN_ISSUER="http://127.0.0.1")
    assert said.startswith("payments.toml: TOKEN_ISSUER or api.authorization.issuer = 'http://127.0.0.1'")
    missing = complaint(tmp_path, ("[api.authorization]", "[api.elsewhere]"), TOKEN_ISSUER="https://a.b")
    assert "api.authorization: is missing" in missing


def test_the_gateway_asks_for_a_token_with_the_scope_of_the_route(region):
    [authorizer] = region.all("aws_apigatewayv2_authorizer")
    assert authorizer["jwt_configuration"] == {"issuer": SECTION.issuer, "audience": ["payments"]}
    assert (authorizer["authorizer_type"], authorizer["identity_sources"]) == (
        "JWT",
        ["$request.header.Authorization"],
    )
    asked = {
        key: (route.get("authorization_type"), route.get("authorization_scopes"))
        for key, route in routes_of(region).items()
    }
    assert asked == {
        "POST /payments": ("JWT", ["payments/pay"]),
        "GET /payments/{payment_id}": ("JWT", ["payments/read"]),
        "HEAD /payments/{payment_id}": ("JWT", ["payments/read"]),
        "PUT /sessions/{session_id}": ("JWT", ["payments/pay"]),
        "GET /sessions/{session_id}": ("JWT", ["payments/read"]),
        "HEAD /sessions/{session_id}": ("JWT", ["payments/read"]),
        "DELETE /sessions/{session_id}": ("JWT", ["payments/pay"]),
        "POST /synthetic-payments": ("AWS_IAM", None),
        **dict.fromkeys(asked.keys() & OPEN | {key for key in asked if "/health/" in key}, (None, None)),
    }
    guarded = [route for route in routes_of(region).values() if route.get("authorization_type") == "JWT"]
    assert {route["authorizer_id"] for route in guarded} == {
        "${aws_apigatewayv2_authorizer.payments_api_authorizer_" + _hash(guarded) + ".id}"
    }


def _hash(routes) -> str:
    return routes[0]["authorizer_id"].split("authorizer_")[-1].removesuffix(".id}")


def test_only_the_steps_of_a_takeover_make_synthetic_payments(region):
    may = {
        name: statement
        for name, policy in region.by("aws_iam_role_policy", "name").items()
        for statement in json.loads(policy["policy"])["Statement"]
        if "execute-api:Invoke" in statement.get("Action", ())
    }
    [(name, statement)] = may.items()
    assert name.startswith("payments-steps-")
    [resource] = statement["Resource"]
    assert resource.endswith(".execution_arn}/$default/POST/synthetic-payments")


def test_where_nobody_is_asked_synthetic_payments_are_signed_all_the_same(settings, functions, tmp_path):
    opened = settings.api.model_copy(update={"authorization": section(mode="none", reason=REASON)})
    stacks = synthesize(settings.model_copy(update={"api": opened}), functions, tmp_path)
    for code in ("use1", "usw2"):
        assert stacks[code].all("aws_apigatewayv2_authorizer") == []
        asked = {key for key, route in routes_of(stacks[code]).items() if route.get("authorization_type")}
        assert asked == {"POST /synthetic-payments"}
        function = stacks[code].by("aws_lambda_function", "function_name")["payments-service-test"]
        assert function["environment"]["variables"]["AUTHORIZATION"] == "none"


def test_every_route_but_the_open_ones_asks_for_a_right():
    assert {key for key, right in ROUTES.items() if right == "none" and "/health/" not in key} == OPEN
