import pytest
from botocore.exceptions import NoCredentialsError

from dr.calls import NoAccess
from dr.front_door import Probed, pay, probe
from tests.unit.dr.world import EAST


def test_a_payment_says_who_settled_it(aws):
    paid = pay(aws.url, region=EAST, key="one")
    assert (paid.key, paid.status, paid.region) == ("one", 201, EAST)
    ((key, payment),) = aws.paid
    assert (key, payment["currency"], payment["amount_minor"]) == ("one", "XTS", 1)


def test_a_refusal_is_an_answer_and_no_answer_is_none(aws):
    aws.pays = 503
    assert (
        pay(aws.url, region=EAST, key="two").status,
        pay("http://127.0.0.1:1", region=EAST, key="three").status,
    ) == (503, None)
    aws.doors["/health/ready"] = 503
    assert probe(aws.url, "/health/ready") == Probed(503)
    nobody = probe("http://127.0.0.1:1", "/health/ready")
    assert (nobody.status, "nobody listens there" in nobody.why) == (None, True)


def test_a_payment_that_nobody_can_sign_says_what_is_missing(aws, monkeypatch):
    def unsigned(*_, **__):
        raise NoCredentialsError

    monkeypatch.setattr("dr.front_door.signed", unsigned)
    with pytest.raises(NoAccess):
        pay(aws.url, region=EAST, key="four")
    assert aws.paid == []
