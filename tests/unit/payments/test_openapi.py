"""The document says what the service does: every answer to anything that may arrive is one it names."""

import base64
import json
import re
from dataclasses import replace
from typing import Any

import fastjsonschema
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from intake import text
from intake.currencies import MONEY
from lib.systems.payments.api import ROUTES
from payments import openapi
from payments.openapi import document
from runtime.database import DatabaseUnavailable
from tests.unit.examples import tried
from tests.unit.payments.conftest import World
from tests.unit.payments.service import Frontend, event, fail

DOCUMENT = document()
METHODS = ("get", "head", "put", "post", "delete")
OPERATIONS = {
    f"{method.upper()} {path}": item[method]
    for path, item in DOCUMENT["paths"].items()
    for method in METHODS
    if method in item
}


PAID = {"amount_minor": 1250, "currency": "EUR", "debtor": "Ada", "creditor": "Grace"}


class KeptSessions(dict[str, Any]):
    """The sessions table in memory."""

    def put(self, session: Any) -> None:
        self[session.session_id] = session

    def find(self, session_id: str, *, now_s: int) -> Any:
        return self.get(session_id)

    def delete(self, session_id: str) -> None:
        self.pop(session_id, None)


@pytest.fixture(scope="module")
def checks():
    """A validator for each answer that the document names."""
    found = {}
    for route, operation in OPERATIONS.items():
        for status, answer in operation["responses"].items():
            media, content = list((answer.get("content") or {"": {"schema": {}}}).items())[-1]
            schema = {"components": DOCUMENT["components"], **content["schema"]}
            required = [name for name, header in answer.get("headers", {}).items() if header.get("required")]
            found[route, int(status)] = media, required, fastjsonschema.compile(schema)
    return found


def documented(checks: Any, route: str, answer: Any) -> None:
    """The answer has a status, a media type, headers and a body as the document says."""
    assert (route, answer.status) in checks, f"{route} answers {answer.status}: {answer.text}"
    media, required, check = checks[route, answer.status]
    assert set(required) <= answer.headers.keys()
    if media:
        assert answer.headers["Content-Type"] == media
        check(answer.body)
    assert answer.headers["X-Request-Id"] == "request-1"
    assert answer.headers["X-Region"] == "us-east-1"
    if route.startswith("HEAD "):
        assert (media, answer.text) == ("", "")
    elif answer.status >= 400 and not route.endswith(" /health/ready"):
        assert media == "application/problem+json"
        assert (answer.body["instance"], answer.body["status"]) == ("request-1", answer.status)


def sends() -> tuple[Frontend, World]:
    frontend = Frontend(World())
    frontend.sessions = KeptSessions()
    return frontend, frontend.world


def test_the_document_has_the_routes_that_are_deployed() -> None:
    assert set(OPERATIONS) == set(ROUTES)


def test_the_document_is_served() -> None:
    send, _ = sends()
    answer = send(event("GET /openapi.json"))
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.body == json.loads(json.dumps(DOCUMENT))
    assert answer.body["openapi"] == "3.1.0"


SCHEMAS = DOCUMENT["components"]["schemas"]


def resolved(schema: Any) -> Any:
    """The schema with what it refers to in place, and its descriptions left out."""
    if isinstance(schema, list):
        return [resolved(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return resolved(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    return {name: resolved(value) for name, value in schema.items() if name != "description"}


def test_payments_are_documented_by_the_schema_that_validates_them() -> None:
    asked = OPERATIONS["POST /payments"]["requestBody"]["content"]["application/json"]["schema"]
    published, checked = resolved(asked), resolved(openapi.PAYMENT)
    assert published["properties"]["currency"].pop("type") == "string"
    for name in openapi.NAMES:  # that a name can be seen is checked in code; test_text.py holds both together
        assert published["properties"][name].pop("pattern") == text.name_pattern()
        assert checked["properties"][name].pop("pattern") == text.TEXT
    assert published == checked


def test_sessions_are_documented_by_the_schema_that_validates_them() -> None:
    asked = OPERATIONS["PUT /sessions/{session_id}"]["requestBody"]["content"]["application/json"]["schema"]
    published, checked = resolved(asked), resolved(openapi.SESSION)
    data = checked["properties"]["data"]
    [(pattern, value)] = data.pop("patternProperties").items()
    data |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}
    assert published == checked


def test_the_documented_limit_of_a_body_is_the_one_that_is_kept() -> None:
    send, _ = sends()
    for route, path in (("POST /payments", {}), ("PUT /sessions/{session_id}", {"session_id": "s" * 16})):
        limit = int(re.search(r"At most (\d+) bytes", OPERATIONS[route]["requestBody"]["description"])[1])
        assert f"{limit} bytes at most" in OPERATIONS[route]["responses"]["413"]["description"]
        statuses = [
            send(event(route, body=" " * size, pathParameters=path)).status for size in (limit, limit + 1)
        ]
        assert statuses == [400, 413]


def test_the_documented_pause_is_the_one_that_is_asked_for() -> None:
    send, world = sends()
    world.lease = None
    told = OPERATIONS["POST /payments"]["responses"]["503"]["headers"]["Retry-After"]
    assert send(event("POST /payments", body=json.dumps(PAID))).headers["Retry-After"] in told["description"]


def test_the_documented_key_is_the_one_that_is_taken() -> None:
    [key] = OPERATIONS["POST /payments"]["parameters"]
    for value in ("a" * 8, "a" * 64, f'"{"a" * 8}"', "a" * 7, "a" * 65, '"aaaaaaaa', '""', "a b c d e"):
        documented_as_good = re.fullmatch(key["schema"]["pattern"], value) is not None
        send, _ = sends()
        answer = send(event("POST /payments", body=json.dumps(PAID), headers={"Idempotency-Key": value}))
        assert (answer.status == 201) is documented_as_good


def test_every_operation_has_a_name_of_its_own_and_says_that_it_may_be_throttled() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)
    assert all("429" in operation["responses"] for operation in OPERATIONS.values())


def test_no_number_is_left_to_be_read_as_one_of_32_bits() -> None:
    def numbers(schema: Any) -> list[Any]:
        if isinstance(schema, list):
            return [one for each in schema for one in numbers(each)]
        if not isinstance(schema, dict):
            return []
        mine = [schema] if schema.get("type") == "integer" else []
        return mine + [one for each in schema.values() for one in numbers(each)]

    found = numbers(DOCUMENT)
    assert {one["format"] for one in found} == {"int32", "int64"}
    assert all(one["format"] == "int64" for one in found if one.get("maximum", 0) >= 2**31)
    assert SCHEMAS["Session"]["properties"]["expires_at"]["format"] == "int64"


def test_every_path_names_its_parameters() -> None:
    for path, item in DOCUMENT["paths"].items():
        named = {each["name"] for each in item.get("parameters", []) if each["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


TEXT = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=("Cc", "Cs"),
        exclude_characters="\ufffd\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    )
)
NAMES = TEXT.filter(lambda name: text.visible(name) and len(name) <= 64)
PAYMENTS = st.fixed_dictionaries(
    {
        "amount_minor": st.integers(1, 10**12),
        "currency": st.sampled_from(sorted(MONEY)),
        "debtor": NAMES,
        "creditor": NAMES,
    },
    optional={"reference": TEXT.filter(lambda text: len(text) <= 140)},
)
SESSIONS = st.fixed_dictionaries(
    {"data": st.dictionaries(st.from_regex(r"[A-Za-z0-9_.-]{1,64}", fullmatch=True), TEXT, max_size=4)},
    optional={"ttl_s": st.integers(60, 86_400)},
)
KEYS = st.from_regex(r"[A-Za-z0-9_-]{8,64}", fullmatch=True)
SESSION_IDS = st.from_regex(r"[A-Za-z0-9_-]{16,128}", fullmatch=True)


@given(payment=PAYMENTS, key=KEYS)
@tried(30)
def test_whatever_the_document_allows_is_paid(checks, payment, key) -> None:
    send, _ = sends()
    answer = send(event("POST /payments", body=json.dumps(payment), headers={"Idempotency-Key": key}))
    documented(checks, "POST /payments", answer)
    assert (answer.status, answer.body) == (201, {"reference": "", **answer.body, **payment})
    found = send(
        event("GET /payments/{payment_id}", pathParameters={"payment_id": answer.body["payment_id"]})
    )
    documented(checks, "GET /payments/{payment_id}", found)
    assert found.body == answer.body


@given(session=SESSIONS, session_id=SESSION_IDS)
@tried(30)
def test_whatever_session_the_document_allows_is_kept(checks, session, session_id) -> None:
    send, _ = sends()
    path = {"session_id": session_id}
    kept = send(event("PUT /sessions/{session_id}", body=json.dumps(session), pathParameters=path))
    if kept.status != 413:
        assert kept.status == 200
        read = send(event("GET /sessions/{session_id}", pathParameters=path))
        documented(checks, "GET /sessions/{session_id}", read)
        assert read.body["data"] == session["data"]
    documented(checks, "PUT /sessions/{session_id}", kept)
    gone = send(event("DELETE /sessions/{session_id}", pathParameters=path))
    documented(checks, "DELETE /sessions/{session_id}", gone)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
SPOILED = st.one_of(
    st.tuples(
        PAYMENTS | SESSIONS, st.text() | st.sampled_from(["amount_minor", "currency", "data"]), JSON
    ).map(lambda found: json.dumps(found[0] | {found[1]: found[2]})),
    JSON.map(json.dumps),
    st.text(st.characters()),
    st.binary().map(lambda raw: base64.b64encode(raw).decode()),
    st.integers(0, 9_000).map(lambda size: "[" * size),
)
ANYTHING = st.fixed_dictionaries(
    {
        "routeKey": st.sampled_from([*ROUTES, "$default", "GET /elsewhere"]),
        "headers": st.dictionaries(
            st.sampled_from(["idempotency-key", "Content-Type", "x-forwarded-by", "cookie", "x-region"]),
            KEYS | st.text() | st.sampled_from(["application/json", "text/plain", "a\r\nx-region: forged"]),
        ),
        "isBase64Encoded": st.booleans(),
    },
    optional={
        "body": SPOILED,
        "pathParameters": st.dictionaries(
            st.sampled_from(["payment_id", "session_id"]), st.uuids().map(str) | SESSION_IDS | st.text()
        )
        | st.none(),
    },
)


@given(changed=ANYTHING)
@tried(80, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_arrives_gets_an_answer_that_the_document_names(checks, changed) -> None:
    send, world = sends()
    answer = send(event("") | changed)
    route = str(changed["routeKey"])
    assert answer.status < 500
    if route in OPERATIONS:
        documented(checks, route, answer)
    else:
        assert (answer.status, answer.headers["X-Request-Id"]) == (404, "request-1")
    if answer.status >= 400:
        assert (world.entries, send.sessions) == ({}, {})


BROKEN = {
    "no lease": lambda world: setattr(world, "lease", None),
    "another holder": lambda world: setattr(world, "lease", replace(world.lease, holder="us-west-2")),
    "a ledger that is down": lambda world: vars(world).update(
        when_recorded=fail(DatabaseUnavailable("down")), when_found=fail(DatabaseUnavailable("down"))
    ),
    "a defect": lambda world: vars(world).update(
        when_accepted=fail(KeyError("oops")), when_found=fail(KeyError("oops"))
    ),
}


@pytest.mark.parametrize("how", BROKEN)
@given(payment=PAYMENTS, payment_id=st.uuids().map(str))
@tried(10)
def test_a_broken_world_is_documented_too(checks, how, payment, payment_id) -> None:
    send, world = sends()
    BROKEN[how](world)
    marked = {"idempotency-key": "order-0001", "x-forwarded-by": "us-west-2"}
    paid = send(event("POST /payments", body=json.dumps(payment), headers=marked))
    documented(checks, "POST /payments", paid)
    path = {"payment_id": payment_id}
    found = send(event("GET /payments/{payment_id}", pathParameters=path, headers=marked))
    documented(checks, "GET /payments/{payment_id}", found)
