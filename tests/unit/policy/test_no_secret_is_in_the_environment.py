"""Functions are told names, places and durations. What is secret they read where it is kept."""

from lib.failover.environment import environment
from lib.settings.two_regions import TwoRegionSettings

TOLD = {
    *("SYSTEM", "PARAMETER_PREFIX", "LEASE_TABLE", "JOURNAL_TABLE", "ARRIVALS_TABLE", "SESSIONS_TABLE"),
    *(
        "LEASE_TTL_SECONDS",
        "TICK_SECONDS",
        "CLOCK_SKEW_SECONDS",
        "KEEPER_LIFETIME_SECONDS",
        "TRANSITION_LIMIT_SECONDS",
    ),
    *("POWERTOOLS_SERVICE_NAME", "LOG_LEVEL", "AUTHORIZATION", "EARLY_ACCEPTANCE"),
}


def test_functions_are_told_these_things_and_no_others(settings: TwoRegionSettings) -> None:
    assert environment(settings).keys() == TOLD


def test_no_function_of_a_stack_is_told_more(resources) -> None:
    functions = [one for one in resources if one.type == "aws_lambda_function"]
    assert functions
    for function in functions:
        assert function.body["environment"]["variables"].keys() <= TOLD
