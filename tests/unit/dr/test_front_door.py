import pytest
from botocore.exceptions import NoCredentialsError

from dr.calls import NoAccess
from dr.drill import synthetic
from dr.front_door import Probed, probe
from tests.unit.dr.world import EAST

PAYMENT = synthetic.OF["payments"]
NOBODY = "http://127.0.0.1:1"


def test_a_synthetic_request_says_who_recorded_it(aws):
    answered = PAYMENT.send(aws.url, region=EAST)
    assert (answered.status, answered.region) == (201, EAST)
    ((key, payment),) = aws.paid
    assert key == answered.key
    assert (payment["currency"], payment["amount_minor"]) == ("XTS", 1)


def test_every_synthetic_request_has_its_own_key(aws):
    assert PAYMENT.send(aws.url, region=EAST).key != PAYMENT.send(aws.url, region=EAST).key


def test_a_refusal_is_an_answer_and_no_answer_is_none(aws):
    aws.pays = 503
    asked = [PAYMENT.send(door, region=EAST).status for door in (aws.url, NOBODY)]
    assert asked == [503, None]
    aws.doors["/health/ready"] = 503
    assert probe(aws.url, "/health/ready") == Probed(503)
    nobody = probe(NOBODY, "/health/ready")
    assert (nobody.status, "nobody listens there" in nobody.why) == (None, True)


def test_a_request_that_nobody_can_sign_says_what_is_missing(aws, monkeypatch):
    def unsigned(*_, **__):
        raise NoCredentialsError

    monkeypatch.setattr("dr.front_door.signed", unsigned)
    with pytest.raises(NoAccess):
        PAYMENT.send(aws.url, region=EAST)
    assert aws.paid == []
