"""P13: which requests are followed."""

from lib.systems.load import load_settings
from tests.unit.synthesized import synthesize


def test_P13_a_rule_samples_what_is_named_like_this_environment(region, settings):
    rule = region.only("aws_xray_sampling_rule")
    assert rule["service_name"] == "payments-*-test"
    assert (rule["fixed_rate"], rule["reservoir_size"]) == (0.05, 1)
    assert 1 <= rule["priority"] < 10000
    group = region.only("aws_xray_group")
    assert group["filter_expression"] == 'service("payments-service-test") OR service("payments-steps-test")'


def test_P13_traces_have_names_within_thirty_two_characters(functions, tmp_path):
    longest = "a23456789-123456"
    settings = load_settings({"ENVIRONMENT_SUFFIX": longest}).model_copy(update={"system": longest})
    stack = synthesize(settings, functions, tmp_path)["use1"]
    for name in (
        stack.only("aws_xray_group")["group_name"],
        stack.only("aws_xray_sampling_rule")["rule_name"],
    ):
        assert len(name) <= 32
        assert name.endswith(longest)


def test_P13_functions_and_state_machine_are_traced(region):
    modes = {function["tracing_config"]["mode"] for function in region.all("aws_lambda_function")}
    assert modes == {"Active"}
    assert region.only("aws_sfn_state_machine")["tracing_configuration"] == {"enabled": True}
