"""The event that stands for API Gateway's has what API Gateway sends."""

import base64

import pytest

from intake.http import Request
from localcloud.gateway_event import event

DOCUMENTED = {
    "version",
    "routeKey",
    "rawPath",
    "rawQueryString",
    "headers",
    "requestContext",
    "isBase64Encoded",
}


def read(**given):
    return Request.from_event(event("POST /payments", **given), arrived_ms=0)


def test_it_has_what_api_gateway_always_sends() -> None:
    assert set(event("GET /health/live")) == DOCUMENTED


def test_names_are_in_lower_case_and_values_of_one_name_are_joined() -> None:
    sent = [("Idempotency-Key", "order-0001"), ("idempotency-key", "order-0002"), ("Cookie", "a=1; b=2")]
    made = event("POST /payments", headers=sent)
    assert made["headers"] == {"idempotency-key": "order-0001,order-0002"}
    assert made["cookies"] == ["a=1", "b=2"]


def test_the_path_is_as_the_client_wrote_it_and_its_parameters_are_decoded() -> None:
    made = event("GET /payments/{payment_id}", path={"payment_id": "a/b"})
    assert (made["rawPath"], made["pathParameters"]) == ("/payments/a%2Fb", {"payment_id": "a/b"})
    assert made["requestContext"]["http"]["path"] == "/payments/a%2Fb"


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain; charset=latin1", "application/problem+json"]
)
def test_text_is_sent_as_text_and_loses_what_is_no_utf_8(content_type) -> None:
    made = event("POST /payments", headers={"Content-Type": content_type}, body=b"Zo\xe9")
    assert (made["body"], made["isBase64Encoded"]) == ("Zo\ufffd", False)


def test_anything_else_is_sent_in_base64_and_is_whole() -> None:
    made = event("POST /payments", body=b"Zo\xe9")
    assert (base64.b64decode(made["body"]), made["isBase64Encoded"]) == (b"Zo\xe9", True)
    assert read(body=b"Zo\xe9").body == b"Zo\xe9"
