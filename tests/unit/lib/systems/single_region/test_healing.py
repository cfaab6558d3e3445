"""S09: what starts the machine, the way through it, and all that its function may do."""

import json

import pytest

from healing.rules import HealingRule, Remedy
from lib.systems.single_region.healing_machine import EXPIRED, FAILED, NOT_CALLED, RETRIES, healing
from tests.unit.policy.roles import statements
from tests.unit.policy.test_every_alarm_names_its_runbook import RUNBOOKS

STATES = healing("arn:steps", approval_s=900)["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
ENDS = {"Healed", EXPIRED, FAILED}


def successors(state):
    following = {state[key] for key in ("Next", "Default") if key in state}
    following |= {choice["Next"] for choice in state.get("Choices", [])}
    return following | {catch["Next"] for catch in state.get("Catch", [])}


def step(name):
    return TASKS[name]["Parameters"]["Payload"]["step"]


def test_S09_every_verdict_has_its_way():
    ways = {one["StringEquals"]: one["Next"] for one in STATES["WhatToDo"]["Choices"]}
    assert ways == {"fail_over": "FailOver", "ask": "Ask", "watch": "StartServices"}
    assert STATES["WhatToDo"]["Default"] == "TellPage"
    assert {*ways, "page"} == set(Remedy)


def test_S09_the_database_comes_first_then_the_services_then_people_are_told():
    assert [step(one) for one in ("Decide", "FailOver", "AwaitWriter", "AwaitServices", "TellEnd")] == [
        "decide",
        "fail_over",
        "writer",
        "services",
        "tell",
    ]
    assert STATES["WasLeft"]["Default"] == "StartWriter"
    assert STATES["IsWriter"]["Choices"][0]["Next"] == "StartServices"
    assert STATES["IsServices"]["Choices"][0]["Next"] == "TellEnd"
    assert (
        STATES["IsWriter"]["Choices"][1]["NumericGreaterThanEquals"] * STATES["PauseWriter"]["Seconds"] == 300
    )


def test_S09_a_busy_writer_is_left_only_by_an_approval_of_that_writer_and_in_time():
    ask = STATES["Ask"]
    assert ask["Resource"].endswith(":lambda:invoke.waitForTaskToken")
    assert ask["Parameters"]["Payload"]["token.$"] == "$$.Task.Token"
    assert ask["TimeoutSeconds"] == 900
    assert ask["Catch"][0] == {
        "ErrorEquals": ["States.Timeout"],
        "ResultPath": "$.error",
        "Next": "TellExpired",
    }
    (choice,) = STATES["IsApproved"]["Choices"]
    assert (choice["Variable"], choice["StringEqualsPath"]) == ("$.approval.writer", "$.verdict.writer")
    assert STATES["IsApproved"]["Default"] == "TellOther"
    to_failover = {name for name, state in STATES.items() if "FailOver" in successors(state)}
    assert to_failover == {"WhatToDo", "IsApproved"}


def test_S09_every_step_is_tried_again_and_then_people_are_called():
    for name, task in TASKS.items():
        if name != "Ask":
            assert task["Retry"] == [RETRIES], name
        assert task["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name
        assert task["Catch"][-1]["Next"] in {"TellFailed", FAILED}, name
        assert task["Parameters"]["Payload"]["execution.$"] == "$$.Execution.Name", name
    assert RETRIES["MaxAttempts"] >= 3
    assert TASKS["TellFailed"]["Next"] == FAILED


def test_S09_a_letter_that_was_perhaps_not_sent_is_sent_again_and_an_answer_is_not_asked_for_twice():
    (retry,) = STATES["Ask"]["Retry"]
    assert retry == {**RETRIES, "ErrorEquals": list(NOT_CALLED)}
    assert not {"States.ALL", "States.TaskFailed", "States.Timeout"} & {*NOT_CALLED}


def test_S09_every_state_is_reached_and_leads_to_an_end():
    reached, waiting = set(), ["Decide"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += successors(STATES[name])
    assert reached == STATES.keys()
    assert {name for name, state in STATES.items() if not successors(state)} == ENDS


def test_S09_both_composite_alarms_and_the_canary_start_the_machine(here):
    rule = here.by("aws_cloudwatch_event_rule", "name")["single-region-healing-test"]
    pattern = json.loads(rule["event_pattern"])
    composites = here.by("aws_cloudwatch_composite_alarm", "alarm_name").keys()
    canary = {"single-region-canary-failing-test"}
    assert canary < here.by("aws_cloudwatch_metric_alarm", "alarm_name").keys()
    assert set(pattern["detail"]["alarmName"]) == composites | canary
    assert pattern["detail"]["state"] == {"value": ["ALARM"]}
    (target,) = [one for one in here.all("aws_cloudwatch_event_target") if "input" in one]
    assert target["arn"].startswith("${aws_sfn_state_machine.")
    assert json.loads(target["input"]) == {"failover": False}


def test_S09_the_function_sees_fails_over_tells_and_no_more(here):
    may = {}
    for name, statement in statements(here):
        if name == "single-region-healing-steps-use1-test":
            may.update(dict.fromkeys(statement["Action"], statement["Resource"]))
    assert {action for action in may if not action.startswith(("logs:", "xray:"))} == {
        "cloudwatch:DescribeAlarms",
        "ecs:DescribeServices",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "rds:DescribeEvents",
        "rds:FailoverDBCluster",
        "sns:Publish",
    }
    assert may["rds:FailoverDBCluster"][0].startswith("${aws_rds_cluster.")
    assert all("*" not in arn for arn in may["ecs:DescribeServices"])
    instances = {one["identifier"] for one in here.all("aws_rds_cluster_instance")}
    assert {arn.rpartition(":")[2] for arn in may["rds:DescribeDBInstances"]} == instances
    function = here.only("aws_lambda_function")
    assert "vpc_config" not in function
    told = function["environment"]["variables"]
    assert told["DATABASE"] == "single-region-database-use1-test"
    assert told["SERVICES"] == "single-region-web-test,single-region-sessions-test"
    assert told["VISITS_ALARMS"] == "single-region-services-impaired-test,single-region-canary-failing-test"
    assert told["DATABASE_ALARM"] in here.by("aws_cloudwatch_composite_alarm", "alarm_name")


def test_S09_a_machine_that_fails_is_told(here):
    alarm = here.by("aws_cloudwatch_metric_alarm", "alarm_name")["single-region-healing-failing-test"]
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/States", "ExecutionsFailed")
    assert alarm["dimensions"]["StateMachineArn"].endswith(":stateMachine:single-region-healing-test")


@pytest.mark.parametrize("rule", HealingRule)
def test_S09_every_rule_has_its_line_in_the_runbook(rule):
    text = (RUNBOOKS / "single-region-healing.md").read_text()
    assert f"| `{rule.partition('_')[0]}` |" in text


def test_S11_machine_and_function_are_traced(here):
    assert here.only("aws_sfn_state_machine")["tracing_configuration"] == {"enabled": True}
    assert here.only("aws_lambda_function")["tracing_config"] == {"mode": "Active"}
    group = here.only("aws_xray_group")
    assert group["filter_expression"] == 'service("single-region-healing-steps-test")'
