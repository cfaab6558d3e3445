"""P16: the document is one that Systems Manager takes: schema 0.3, actions, inputs, references, role."""

import json
import re

import botocore.session
import pytest
from botocore import xform_name
from pydantic import ValidationError

from lib.failover.drill_document import SCRIPT
from lib.settings.drills import Drills
from tests.unit.synthesized import synthesize

# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
INPUTS = {
    "aws:assertAwsResourceProperty": {"Service", "Api", "PropertySelector", "DesiredValues"},
    "aws:waitForAwsResourceProperty": {"Service", "Api", "PropertySelector", "DesiredValues"},
    "aws:executeAwsApi": {"Service", "Api"},
    "aws:executeScript": {"Runtime", "Handler", "InputPayload", "Script"},
    "aws:sleep": {"Duration"},
    "aws:branch": {"Choices", "Default"},
}
"""What each action that we use must be given; those that call an API also take the API's own arguments."""
CALLS = {action for action, inputs in INPUTS.items() if "Api" in inputs}
COMMON = {
    "name",
    "action",
    "inputs",
    "outputs",
    "timeoutSeconds",
    "onFailure",
    "isCritical",
    "isEnd",
    "nextStep",
    "maxAttempts",
}
OUTPUT_TYPES = {"String", "Integer", "Boolean", "StringList", "StringMap", "MapList"}
REFERENCE = re.compile(r"\{\{ *([^}]*?) *\}\}")
LIMIT = 64 * 1024


@pytest.fixture(params=["use1", "usw2"])
def content(request, stacks):
    documents = {d["provider"]: d for d in stacks["world"].all("aws_ssm_document")}
    return documents[f"aws.{request.param}"]["content"]


@pytest.fixture
def document(content):
    return json.loads(content)


@pytest.fixture
def steps(document):
    return document["mainSteps"]


def inputs_but_the_script(step):
    return json.dumps({key: value for key, value in step["inputs"].items() if key != "Script"})


def test_P16_the_document_is_one_of_automation_in_both_regions(stacks):
    documents = stacks["world"].all("aws_ssm_document")
    assert sorted(d["provider"] for d in documents) == ["aws.use1", "aws.usw2"]
    assert {(d["name"], d["document_type"], d["document_format"]) for d in documents} == {
        ("payments-drill-test", "Automation", "YAML")
    }


def test_P16_its_top_level_is_that_of_schema_0_3(document, content):
    assert document["schemaVersion"] == "0.3"
    assert document.keys() == {
        "schemaVersion",
        "description",
        "assumeRole",
        "parameters",
        "mainSteps",
        "outputs",
    }
    assert len(content) < LIMIT
    assert document["assumeRole"].startswith("${aws_iam_role.")


def test_P16_every_parameter_is_typed_and_bounded(document):
    for name, parameter in document["parameters"].items():
        assert parameter["type"] == "String"
        assert parameter["description"]
        pattern = parameter["allowedPattern"]
        assert (pattern[0], pattern[-1]) == ("^", "$")
        assert re.search(pattern, parameter.get("default", "payments-drill-test")), name
    assert [name for name, one in document["parameters"].items() if "default" not in one] == ["Confirm"]


def test_P16_every_step_is_an_action_with_its_inputs(steps):
    assert len({step["name"] for step in steps}) == len(steps)
    for step in steps:
        assert re.fullmatch(r"\w{3,128}", step["name"])
        assert step.keys() <= COMMON
        given = step["inputs"].keys()
        assert given >= INPUTS[step["action"]], step["name"]
        assert step["action"] in CALLS or given == INPUTS[step["action"]], step["name"]


def test_P16_every_call_is_one_of_the_api_with_arguments_that_it_takes(steps):
    session = botocore.session.get_session()
    for step in (step for step in steps if step["action"] in CALLS):
        given = dict(step["inputs"])
        model = session.get_service_model(given.pop("Service"))
        operation = model.operation_model(given.pop("Api"))
        wanted, answered = given.pop("PropertySelector", None), operation.output_shape.members
        given.pop("DesiredValues", None)
        assert given.keys() <= operation.input_shape.members.keys(), step["name"]
        assert set(operation.input_shape.required_members) <= given.keys(), step["name"]
        for selector in [wanted, *(one["Selector"] for one in step.get("outputs", []))]:
            assert not selector or re.match(r"\$\.(\w+)", selector)[1] in answered
        assert xform_name(operation.name)


def test_P16_every_wait_ends_and_every_jump_has_a_target(steps):
    names = [step["name"] for step in steps]
    for at, step in enumerate(steps):
        assert "timeoutSeconds" in step or step["action"] not in CALLS or "Desired" not in str(step)
        target = step.get("onFailure", "Abort")
        assert target == "Abort" or names.index(target.removeprefix("step:")) > at
        for choice in step["inputs"].get("Choices", []):
            assert names.index(choice["NextStep"]) > at
        assert names.index(step["inputs"].get("Default", names[-1])) >= at
    assert [step["name"] for step in steps if step.get("isEnd")] == [names[-1]]


def test_P16_a_rollback_never_makes_a_failed_drill_look_good(steps):
    rolled_back = [step for step in steps if "onFailure" in step]
    assert len(rolled_back) == 4
    assert all(step["isCritical"] is True for step in rolled_back)


def test_P16_whatever_is_referred_to_is_there_by_then(document, steps):
    known = set(document["parameters"])
    for step in steps:
        assert set(REFERENCE.findall(inputs_but_the_script(step))) <= known, step["name"]
        for output in step.get("outputs", []):
            assert output["Type"] in OUTPUT_TYPES
            known.add(f"{step['name']}.{output['Name']}")
    assert set(document["outputs"]) <= known


def test_P16_nothing_in_the_script_is_taken_for_a_reference():
    assert not re.search(r"\{\{|\$\{|%\{", SCRIPT)
    compile(SCRIPT, "script", "exec")


def test_P16_the_role_starts_takeovers_and_looks_and_nothing_else(stacks):
    world = stacks["world"]
    role = world.by("aws_iam_role", "name")["payments-drill-test"]
    (trust,) = json.loads(role["assume_role_policy"])["Statement"]
    assert trust["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert list(trust["Condition"]["StringEquals"]) == ["aws:SourceAccount"]
    *allowed, denied = json.loads(world.by("aws_iam_role_policy", "name")["payments-drill-test"]["policy"])[
        "Statement"
    ]
    may = {action: statement["Resource"] for statement in allowed for action in statement["Action"]}
    assert may.keys() == {
        "states:StartExecution",
        "states:DescribeExecution",
        "states:GetExecutionHistory",
        "dynamodb:GetItem",
        "rds:DescribeGlobalClusters",
        "cloudwatch:DescribeAlarms",
    }
    assert [action for action, resources in may.items() if "*" in resources] == ["cloudwatch:DescribeAlarms"]
    assert denied["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2"]}}


def test_P16_nothing_starts_a_drill_by_itself_unless_asked_to(stacks, settings, functions, tmp_path):
    def rules(world):
        return [r for r in world.all("aws_cloudwatch_event_rule") if "schedule_expression" in r]

    assert rules(stacks["world"]) == []
    asked = settings.model_copy(update={"drills": Drills(schedule="cron(0 9 ? * TUE *)")})
    world = synthesize(asked, functions, tmp_path)["world"]
    (rule,) = rules(world)
    assert (rule["schedule_expression"], rule["provider"]) == ("cron(0 9 ? * TUE *)", "aws.usw2")
    (target,) = [t for t in world.all("aws_cloudwatch_event_target") if "automation-definition" in t["arn"]]
    assert target["arn"].endswith(":automation-definition/payments-drill-test:$DEFAULT")
    assert json.loads(target["input"]) == {"Confirm": ["payments-drill-test"]}
    policies = world.by("aws_iam_role_policy", "name")
    statements = json.loads(policies["payments-drill-schedule-usw2-test"]["policy"])["Statement"]
    assert [s["Action"] for s in statements] == [["ssm:StartAutomationExecution"], ["iam:PassRole"]]
    kinds = [arn.split(":")[5] for arn in statements[0]["Resource"]]
    assert kinds == [
        "automation-definition/payments-drill-test",
        "document/payments-drill-test",
        "automation-execution/*",
    ]


def test_P16_a_schedule_is_one_that_EventBridge_reads():
    with pytest.raises(ValidationError):
        Drills(schedule="every tuesday")
