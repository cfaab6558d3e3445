"""The shapes of API Gateway's payload format 2.0."""

from http import HTTPStatus

import pytest

from intake.http import Answer, Request
from tests.unit.payments.service import event


def test_an_answer_is_what_the_gateway_reads() -> None:
    answer = Answer(status=HTTPStatus.OK, body={"a": "ü"}, headers={"Location": "/a"}, log={"b": "c"})
    assert answer.to_event(request_id="request-1", region="us-east-1", epoch=7) == {
        "statusCode": 200,
        "headers": {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "X-Request-Id": "request-1",
            "X-Region": "us-east-1",
            "X-Epoch": "7",
            "Location": "/a",
        },
        "body": '{"a": "\\u00fc"}',
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize("body", [{}, {"body": None}, {"body": ""}])
def test_a_request_without_a_body_has_an_empty_one(body) -> None:
    assert Request.from_event(event("GET /health/live", **body), arrived_ms=0).body == b""
