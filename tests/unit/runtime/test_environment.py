import pytest

from runtime.environment import BadEnvironment, Environment
from tests.unit.deployed import ENVIRONMENT


def test_every_key_arrives_typed():
    assert Environment.from_env(ENVIRONMENT) == Environment(
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
        keeper_lifetime_s=190,
        transition_limit_s=1800,
        early_acceptance="100:EUR=1000000",
        authorization="jwt",
    )


@pytest.mark.parametrize("key", sorted(ENVIRONMENT.keys() - {"AUTHORIZATION", "EARLY_ACCEPTANCE"}))
def test_a_missing_key_is_named(key):
    source = {name: value for name, value in ENVIRONMENT.items() if name != key}
    with pytest.raises(BadEnvironment, match=key):
        Environment.from_env(source)


def test_older_settings_accept_nothing_early():
    source = {name: value for name, value in ENVIRONMENT.items() if name != "EARLY_ACCEPTANCE"}
    assert Environment.from_env(source).early_acceptance == ""


def test_an_api_without_the_setting_has_no_mode():
    source = {name: value for name, value in ENVIRONMENT.items() if name != "AUTHORIZATION"}
    assert Environment.from_env(source).authorization == ""


@pytest.mark.parametrize("value", ["", "ten", "1.5", "-3", "0", "٣"])
def test_a_duration_that_is_none_is_named_with_its_value(value):
    with pytest.raises(BadEnvironment, match=f"TICK_SECONDS.*{value}"):
        Environment.from_env({**ENVIRONMENT, "TICK_SECONDS": value})
