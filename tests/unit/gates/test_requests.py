"""The judge of requests finds nothing in what is synthesized, and finds whatever AWS would refuse."""

import pytest

from gates.requests import judge
from gates.requests.terraform import resources
from gates.requests.types import CALLS, WITHOUT_REQUEST
from gates.requests.variants import settings_of, synthesize, systems, variants
from lib.provider import SINCE_6
from tests.unit.injected import broken


def refused(stacks):
    documents = {name: stack.document for name, stack in stacks.items()}
    return [str(found) for found in judge.refused(documents)]


def test_B13_aws_takes_every_request_of_every_variant(tmp_path):
    assert [str(found) for found in judge.judge(tmp_path)] == []
    assert len(list((tmp_path / "requests").glob("*/*/manifest.json"))) == sum(
        len(variants(system)) for system in systems()
    )


FULL = '{"widgets": [' + ",".join(['{"type": "text", "width": 1, "properties": {}}'] * 501) + "]}"
HASTY = {
    "rule_name": "daily",
    "target_vault_name": "vault",
    "schedule": "rate(1 day)",
    "start_window": 30,
    "completion_window": 60,
    "lifecycle": {"delete_after": 7},
}
BROKEN = {
    "an argument of a replica that no request has": (
        (
            "foundation",
            "aws_dynamodb_table",
            {"replica": [{"region_name": "x", "kms_key_arn": "y", "strange": 1}]},
        ),
        "strange",
    ),
    "a description with an apostrophe": (
        ("usw2", "aws_vpc_security_group_ingress_rule", {"description": "this region's functions"}),
        "AWS takes at most 255 of a-z",
    ),
    "a reserved prefix of a group": (
        ("usw2", "aws_security_group", {"name": "sg-functions-dev"}),
        "not beginning with sg-",
    ),
    "an identifier with a digit first": (
        ("use1", "aws_rds_cluster", {"cluster_identifier": "2pay-ledger-dev"}),
        "beginning with a letter",
    ),
    "a long user name": (("use1", "aws_rds_cluster", {"master_username": "p" * 17}), "1 to 16 letters"),
    "a password with a slash": (
        ("use1", "aws_rds_cluster", {"master_password_wo": "0123/5678"}),
        "printable ASCII",
    ),
    "a version that ended": (("use1", "aws_rds_cluster", {"engine_version": "16.6"}), "cannot be created"),
    "an enum": (("use1", "aws_flow_log", {"traffic_type": "EVERYTHING"}), "is none of ACCEPT"),
    "a required member": (("use1", "aws_kms_alias", {"target_key_id": None}), "TargetKeyId: is required"),
    "a pattern": (("use1", "aws_backup_vault", {"name": "a.vault"}), "does not match"),
    "a range": (("use1", "aws_xray_sampling_rule", {"priority": 10000}), "at most 9999"),
    "a length": (("use1", "aws_xray_group", {"group_name": "g" * 33}), "GroupName: 33 characters"),
    "a policy over its size": (
        ("use1", "aws_iam_role_policy", {"policy": '{"Statement": [{"Action": ["' + "a" * 10240 + '"]}]}'}),
        "AWS takes 10240",
    ),
    "a statement id with a hyphen": (
        ("use1", "aws_iam_role_policy", {"policy": '{"Statement": [{"Sid": "a-b"}]}'}),
        "statement ids",
    ),
    "an environment over its size": (
        ("use1", "aws_lambda_function", {"environment": {"variables": {"WIDE": "x" * 4096}}}),
        "at most 4 KB",
    ),
    "a variable that Lambda keeps": (
        ("use1", "aws_lambda_function", {"environment": {"variables": {"AWS_REGION": "x"}}}),
        "keeps this name",
    ),
    "a function that runs too long": (("use1", "aws_lambda_function", {"timeout": 901}), "at most 900"),
    "a retention that nobody offers": (
        ("use1", "aws_cloudwatch_log_group", {"retention_in_days": 10}),
        "retentionInDays = 10",
    ),
    "a pattern that names no ARN": (
        ("use1", "aws_cloudwatch_event_rule", {"event_pattern": '{"resources": ["vault"]}'}),
        "is no ARN",
    ),
    "a pattern without a list": (
        ("use1", "aws_cloudwatch_event_rule", {"event_pattern": '{"source": "payments"}'}),
        "must be a list",
    ),
    "a schedule with five fields": (
        ("use1", "aws_cloudwatch_event_rule", {"schedule_expression": "cron(0 5 * * ?)"}),
        "5 fields, AWS takes six",
    ),
    "a tag with an apostrophe": (("use1", "aws_vpc", {"tags": {"Name": "it's"}}), "tags.Name"),
    "a tag of AWS": (("use1", "aws_vpc", {"tags": {"aws:Name": "x"}}), "not beginning with aws:"),
    "too many tags": (("use1", "aws_vpc", {"tags": {f"tag{n}": "" for n in range(50)}}), "54 tags"),
    "a block over /16": (("use1", "aws_vpc", {"cidr_block": "10.0.0.0/15"}), "from /16 to /28"),
    "an alarm that looks back too far": (
        ("use1", "aws_cloudwatch_metric_alarm", {"evaluation_periods": 2000}),
        "EvaluationPeriods = 120000 s",
    ),
    "a dashboard that is too full": (
        ("world", "aws_cloudwatch_dashboard", {"dashboard_body": FULL}),
        "501 widgets",
    ),
    "a document that is too long": (
        ("world", "aws_ssm_document", {"content": '{"schemaVersion": "0.3", "x": "' + "y" * 65536 + '"}'}),
        "at most 64 KB",
    ),
    "a parameter of Systems Manager's own": (
        ("use1", "aws_ssm_parameter", {"name": "/aws-dev/db"}),
        "not beginning with aws or ssm",
    ),
    "a name of the zone": (("foundation", "aws_route53_zone", {"name": "-dev.test"}), "labels of 1 to 63"),
    "an interval of health checks": (
        ("world", "aws_route53_health_check", {"request_interval": 20}),
        "takes 10 or 30",
    ),
    "a strong table in two regions": (
        ("foundation", "aws_dynamodb_table", {"global_table_witness": None}),
        "2 regions, DynamoDB takes three",
    ),
    "an attribute without a key": (
        ("foundation", "aws_dynamodb_table", {"attribute": [{"name": "other", "type": "S"}]}),
        "are not the keys",
    ),
    "a table's new argument": (
        ("foundation", "aws_dynamodb_table", {"import_table": {"input_format": "CSV"}}),
        "has no such member",
    ),
    "a queue that keeps too long": (
        ("use1", "aws_sqs_queue", {"message_retention_seconds": 1_209_601}),
        "MessageRetentionPeriod",
    ),
    "a backup that hurries": (
        ("use1", "aws_backup_plan", {"rule": [HASTY]}),
        "takes an hour at least",
    ),
    "a log without the request's id": (
        ("use1", "aws_apigatewayv2_stage", {"access_log_settings": {"destination_arn": "a", "format": "{}"}}),
        "needs $context.requestId",
    ),
    "a route without a method": (
        ("use1", "aws_apigatewayv2_route", {"route_key": "/payments"}),
        "a route is",
    ),
}


def test_nothing_is_found_in_stacks_that_nobody_broke(stacks):
    assert refused(stacks) == []


@pytest.mark.parametrize(("change", "said"), BROKEN.values(), ids=BROKEN)
def test_B13_what_aws_refuses_is_found(stacks, change, said):
    stack, type_, changed = change
    found = refused({stack: broken(stacks, stack, type_, **changed)[stack]})
    assert any(said in one for one in found), found


def test_a_type_that_nobody_mapped_is_found_and_no_type_is_excused_twice(stacks):
    stack = stacks["use1"]
    stack = type(stack)(stack.name, {"resource": {"aws_new_thing": {"x": {"name": "y"}}}})
    (found,) = judge.refused({"use1": stack.document})
    assert (found.rule, found.where) == ("unmapped", "aws_new_thing")
    assert not CALLS.keys() & WITHOUT_REQUEST.keys()


def arguments(documents):
    """Every argument of the documents with its value and where it stands, as ``type.argument.inner``."""
    for stack, document in documents.items():
        for type_, found in document["resource"].items():
            for address, body in found.items():
                yield from flat((stack, address), type_, body)


def flat(where, path, value):
    if isinstance(value, dict):
        for key in value.keys() - {"//"}:
            yield from flat(where, f"{path}.{key}", value[key])
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from flat((*where, number), path, one)
    else:
        yield where, path, value


def test_B13_what_came_with_version_6_of_the_provider_is_judged_beside_version_5(tmp_path):
    settings = settings_of("payments", variants("payments")["defaults"])
    assert settings.provider.major == 6
    assert settings_of("payments", variants("payments")["provider-5"]).provider.major == 5
    six, five = (set(arguments(synthesize("payments", one, tmp_path))) for one in ("defaults", "provider-5"))
    differ = {path.removesuffix(".region_name") for _, path, _ in six ^ five}
    assert differ == SINCE_6 | {"aws_dynamodb_table.stream_enabled", "aws_dynamodb_table.stream_view_type"}


def test_B13_a_strong_table_asks_for_its_witness_and_protects_its_replica_with_version_6_only(tmp_path):
    asked = {}
    for version in ("defaults", "provider-5"):
        stacks = synthesize("payments", version, tmp_path)
        tables = [one for one in resources(stacks) if one.type == "aws_dynamodb_table"]
        sent = [request for table in tables for _, request in judge.sends(table)]
        asked[version] = {key for request in sent for key in request}
    came_with_6 = {"MultiRegionConsistency", "GlobalTableWitnessUpdates"}
    assert came_with_6 <= asked["defaults"]
    assert came_with_6 & asked["provider-5"] == set()
