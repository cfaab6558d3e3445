import pytest

from runtime.environment import BadEnvironment, Environment

COMPLETE = {
    "SYSTEM": "payments",
    "AWS_REGION": "us-west-2",
    "PARAMETER_PREFIX": "/payments-dev",
    "LEASE_TABLE": "lease",
    "JOURNAL_TABLE": "journal",
    "ARRIVALS_TABLE": "arrivals",
    "SESSIONS_TABLE": "sessions",
    "LEASE_TTL_SECONDS": "30",
    "TICK_SECONDS": "10",
    "CLOCK_SKEW_SECONDS": "2",
    "KEEPER_LIFETIME_SECONDS": "130",
}


def test_every_key_arrives_typed():
    assert Environment.from_env(COMPLETE) == Environment(
        system="payments",
        region="us-west-2",
        parameter_prefix="/payments-dev",
        lease_table="lease",
        journal_table="journal",
        arrivals_table="arrivals",
        sessions_table="sessions",
        lease_ttl_s=30,
        tick_s=10,
        clock_skew_s=2,
        keeper_lifetime_s=130,
    )


@pytest.mark.parametrize("key", COMPLETE)
def test_a_missing_key_is_named(key):
    source = {name: value for name, value in COMPLETE.items() if name != key}
    with pytest.raises(BadEnvironment, match=key):
        Environment.from_env(source)


@pytest.mark.parametrize("value", ["", "ten", "1.5", "-3", "0", "٣"])
def test_a_duration_that_is_none_is_named_with_its_value(value):
    with pytest.raises(BadEnvironment, match=f"TICK_SECONDS.*{value}"):
        Environment.from_env({**COMPLETE, "TICK_SECONDS": value})
