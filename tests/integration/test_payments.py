import pytest

from tests.integration.conftest import ask


def test_a_payment_is_settled_and_can_be_read(deployment, holder, payment, key):
    paid = ask(deployment, holder, "/payments", body=payment, key=key)
    assert (paid.status, paid.body["status"], paid.headers["X-Region"]) == (201, "settled", holder)
    found = ask(deployment, holder, f"/payments/{paid.body['payment_id']}")
    assert (found.status, found.body["amount_minor"], found.body["currency"]) == (200, 1250, "EUR")


def test_the_same_key_and_body_get_the_same_answer(deployment, holder, payment, key):
    answers = [ask(deployment, holder, "/payments", body=payment, key=key) for _ in range(2)]
    assert answers[0].status == answers[1].status == 201
    assert answers[0].body == answers[1].body


def test_the_same_key_with_another_body_is_refused(deployment, holder, payment, key):
    ask(deployment, holder, "/payments", body=payment, key=key)
    assert ask(deployment, holder, "/payments", body=payment | {"amount_minor": 1}, key=key).status == 422


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"{", "integration-malformed"),
        ({"amount_minor": -1}, "integration-incomplete"),
        ({}, ""),
    ],
    ids=["not-json", "incomplete", "without-key"],
)
def test_bad_input_is_a_problem_document(deployment, holder, body, key):
    refused = ask(deployment, holder, "/payments", body=body, key=key)
    assert refused.status in {400, 422}
    assert refused.headers["Content-Type"].startswith("application/problem+json")
    assert refused.body["instance"] == refused.headers["X-Request-Id"]


def test_the_other_region_passes_a_payment_on_to_the_holder(deployment, holder, regions, payment, key):
    (other,) = [region for region in regions if region != holder]
    paid = ask(deployment, other, "/payments", body=payment, key=key)
    assert (paid.status, paid.body["status"]) == (201, "settled")
    assert (paid.headers["X-Region"], paid.headers["X-Forwarded-By"]) == (holder, other)


def test_only_the_holder_is_ready(deployment, holder, regions):
    (other,) = [region for region in regions if region != holder]
    assert ask(deployment, other, "/health/live").status == 200
    assert ask(deployment, other, "/health/ready").status == 503
