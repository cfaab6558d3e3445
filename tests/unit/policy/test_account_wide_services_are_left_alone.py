"""P25: what exists once an account, or starves other systems, is not ours to make."""

from lib.failover import reservations


def test_P25_no_detector_is_created(any_resources):
    assert not [str(resource) for resource in any_resources if "guardduty" in resource.type]


MOST = 5
"""Document 002: low values, where a reservation is required."""


def test_P25_only_what_recovers_reserves_concurrency_and_little_of_it(resources):
    functions = [resource.body for resource in resources if resource.type == "aws_lambda_function"]
    reserved = {
        one["function_name"]: one["reserved_concurrent_executions"]
        for one in functions
        if "reserved_concurrent_executions" in one
    }
    assert reserved == {
        "payments-keeper-test": 5,
        "payments-steps-test": 5,
        "payments-reconciler-test": 3,
    }
    assert max(reserved.values()) <= MOST


def test_the_keeper_can_have_as_many_executions_as_live_at_once(settings):
    protocol = settings.protocol
    assert reservations.keeper(protocol) * 60 >= protocol.keeper_timeout_s + 60


def test_payments_at_their_limit_cannot_take_what_recovers(settings):
    """Payments alone can ask for the whole quota of an account; what is reserved is out of their reach."""
    assert settings.api.rate_limit * 10 > 1000
    assert reservations.total(settings.protocol) + reservations.UNRESERVED < 1000
