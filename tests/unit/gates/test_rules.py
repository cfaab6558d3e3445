"""Each rule that AWS states in prose only: what it refuses is found, what it takes is not."""

import json

import pytest

from gates.requests.rules import RULES
from gates.requests.terraform import UNKNOWN, Partly

RECORD = {"Name": "api.x", "ResourceRecords": [{"Value": "a"}], "TTL": 60}
ALIAS = {"Name": "api.x", "AliasTarget": {"DNSName": "b"}}
ALARM = {"EvaluationPeriods": 3, "Period": 60, "Statistic": "Sum"}
WIDGET = {"type": "metric", "x": 12, "width": 12, "properties": {"title": "t", "region": "us-east-1"}}
CROWDED = WIDGET | {"properties": WIDGET["properties"] | {"metrics": [["a"]] * 501}}
FULL = WIDGET | {"properties": WIDGET["properties"] | {"metrics": [["a"]] * 500}}
ONE = WIDGET | {"properties": WIDGET["properties"] | {"metrics": [["a"]]}}
ELSEWHERE = WIDGET | {"properties": {"title": "t"}}
SIDS = {"Statement": [{"Sid": "One"}, {"Sid": "Two"}, {}]}
STEP = {"name": "promote"}


def record(**changes):
    return {"ChangeBatch": {"Changes": [{"ResourceRecordSet": RECORD | changes}]}}


def alias(**changes):
    return {"ChangeBatch": {"Changes": [{"ResourceRecordSet": ALIAS | changes}]}}


def check(**config):
    return {"HealthCheckConfig": config}


def event(pattern):
    return {"EventPattern": json.dumps(pattern)}


def dashboard(*widgets):
    return {"DashboardBody": json.dumps({"widgets": widgets})}


def document(*steps, schema="0.3", kind="Automation"):
    return {"DocumentType": kind, "Content": json.dumps({"schemaVersion": schema, "mainSteps": steps})}


def policy(document):
    return {"Policy": document if isinstance(document, str) else json.dumps(document)}


def stage(name="v1", written=None):
    return {"StageName": name, "AccessLogSettings": written and {"Format": written}}


def parameters(text):
    return {"ConfigRule": {"InputParameters": text}}


TEXT = {"type": "text", "width": 24, "properties": {}}
LARGE = {"MemorySize": 10240, "Timeout": 900, "Environment": {"Variables": {"Db1_x": UNKNOWN}}}
TAKEN = [
    ("apigatewayv2:CreateStage", stage("$default")),
    ("apigatewayv2:CreateStage", stage("v-1_a", "$context.extendedRequestId")),
    ("backup:PutBackupVaultAccessPolicy", policy(SIDS)),
    ("cloudwatch:PutDashboard", dashboard(WIDGET)),
    ("cloudwatch:PutDashboard", dashboard(*[FULL] * 5)),
    ("cloudwatch:PutDashboard", {"DashboardBody": UNKNOWN}),
    ("cloudwatch:PutMetricAlarm", ALARM | {"Period": 10}),
    (
        "cloudwatch:PutMetricAlarm",
        ALARM | {"Period": 3600, "EvaluationPeriods": 168, "DatapointsToAlarm": 168},
    ),
    ("config:PutConfigRule", parameters('{"days": "7"}')),
    ("config:PutConfigRule", parameters(None)),
    ("ec2:CreateSubnet", {"CidrBlock": "10.0.0.0/28"}),
    ("ec2:CreateSubnet", {"CidrBlock": UNKNOWN}),
    ("events:PutRule", {"ScheduleExpression": "rate(1 minute)", "EventBusName": "default"}),
    ("events:PutRule", event({"detail": {"state": ["A"]}, "resources": ["arn:aws:rds:us-east-1::x", {}]})),
    ("events:PutRule", {"EventPattern": UNKNOWN}),
    ("lambda:CreateFunction", LARGE),
    ("lambda:CreateFunction", {"Environment": None}),
    ("route53:ChangeResourceRecordSets", record()),
    ("route53:ChangeResourceRecordSets", alias(Failover="PRIMARY", SetIdentifier="east")),
    ("route53:CreateHealthCheck", check(RequestInterval=10, ResourcePath="/health/ready")),
    ("s3:PutBucketPolicy", {"Policy": UNKNOWN}),
    ("s3:PutBucketPolicy", policy(json.dumps({"Statement": []}) + " " * 20 * 1024)),
    ("sns:SetTopicAttributes", {"AttributeName": "Policy", "AttributeValue": json.dumps(SIDS)}),
    ("sns:SetTopicAttributes", {"AttributeName": "DisplayName", "AttributeValue": "no policy"}),
    ("sqs:CreateQueue", {"Attributes": {"DelaySeconds": "900", "FifoQueue": "true"}}),
    ("ssm:CreateDocument", document(STEP)),
    ("ssm:CreateDocument", document(schema="2.2", kind="Command")),
    ("ssm:CreateDocument", {"Content": UNKNOWN}),
    ("cloudwatch:PutDashboard", dashboard(*[TEXT] * 500)),
    *(("cloudwatch:PutMetricAlarm", ALARM | {"Period": period}) for period in (20, 30, 120)),
    ("cloudwatch:PutMetricAlarm", ALARM | {"EvaluationPeriods": 1440}),
    ("cloudwatch:PutMetricAlarm", {"EvaluationPeriods": 1, "Metrics": []}),
    ("ec2:CreateVpc", {"CidrBlock": "10.0.0.0/16"}),
    ("events:PutRule", {"EventPattern": json.dumps({"source": ["x" * 2032]}), "EventBusName": "payments"}),
]
REFUSED = [
    ("lambda:CreateFunction", LARGE | {"MemorySize": 10241}, "MemorySize = 10241: AWS takes at most 10240"),
    ("lambda:CreateFunction", LARGE | {"Timeout": 901}, "Timeout = 901: AWS takes at most 900"),
    ("lambda:CreateFunction", {"Environment": {"Variables": {"1X": "a"}}}, "Variables.1X: Lambda keeps"),
    ("apigatewayv2:CreateStage", stage("a stage"), "letters, digits, hyphens"),
    ("apigatewayv2:CreateStage", stage(written="$context.requestId\n"), "must be one line"),
    ("cloudwatch:PutDashboard", dashboard(CROWDED), "up to 501 in one"),
    ("cloudwatch:PutDashboard", dashboard(*[FULL] * 5, CROWDED), "6 widgets, 3001 metrics"),
    ("cloudwatch:PutDashboard", dashboard(ELSEWHERE), "'t' names no region"),
    ("cloudwatch:PutDashboard", dashboard(WIDGET | {"x": 13}), "'t' does not fit into 24 columns"),
    ("cloudwatch:PutMetricAlarm", ALARM | {"Period": 45}, "Period = 45"),
    ("cloudwatch:PutMetricAlarm", ALARM | {"Period": 3600, "EvaluationPeriods": 169}, "608400 s"),
    ("cloudwatch:PutMetricAlarm", ALARM | {"DatapointsToAlarm": 4}, "DatapointsToAlarm = 4: more than"),
    ("cloudwatch:PutMetricAlarm", ALARM | {"Metrics": []}, "exactly one of Statistic"),
    ("config:PutConfigRule", parameters('{"days": 7}'), "values are texts"),
    ("ec2:CreateVpc", {"CidrBlock": "10.0.0.1/16"}, "from /16 to /28"),
    ("events:PutRule", {}, "needs EventPattern or ScheduleExpression"),
    ("events:PutRule", {"ScheduleExpression": "rate(1 minute)", "EventBusName": "b"}, "default bus only"),
    ("events:PutRule", event({"source": ["x" * 2048]}), "AWS takes 2048"),
    ("events:PutRule", event({"detail": {"state": []}}), "EventPattern.detail.state: must be a list"),
    ("route53:ChangeResourceRecordSets", record(AliasTarget={"DNSName": "b"}), "either an alias, or"),
    ("route53:ChangeResourceRecordSets", record(ResourceRecords=[]), "either an alias, or"),
    ("route53:ChangeResourceRecordSets", record(TTL=None), "records need a TTL"),
    ("route53:ChangeResourceRecordSets", alias(Failover="PRIMARY"), "needs a set identifier"),
    ("route53:CreateHealthCheck", check(ResourcePath="health"), "'health': begins with /"),
    ("s3:PutBucketPolicy", policy("no JSON"), "is no policy document"),
    ("s3:PutBucketPolicy", policy({"Sid": "1"}), "is no policy document"),
    ("s3:PutBucketPolicy", policy({"Statement": [{"Sid": "A"}, {"Sid": "A"}]}), "must be unique"),
    (
        "s3:PutBucketPolicy",
        {"Policy": Partly(("a" * 20_000, " b" * 1000))},
        "21000 characters, AWS takes 20480",
    ),
    ("sns:SetTopicAttributes", {"AttributeName": "Policy", "AttributeValue": "x"}, "is no policy document"),
    ("ssm:CreateDocument", document(STEP, schema="2.2"), "has schemaVersion 0.3"),
    ("ssm:CreateDocument", document({"name": "is it?"}), "step 'is it?'"),
    ("cloudwatch:PutDashboard", dashboard(*[FULL] * 5, ONE), "2501 metrics"),
    ("cloudwatch:PutMetricAlarm", ALARM | {"EvaluationPeriods": 1441}, "86460 s"),
    ("ec2:CreateSubnet", {"CidrBlock": "10.0.0.0/29"}, "from /16 to /28"),
    ("events:PutRule", event({"source": ["x" * 2033]}), "2049 characters"),
]
QUEUES = {
    "DelaySeconds": (0, 900),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
SIZES = [
    ("backup:PutBackupVaultAccessPolicy", {}, "Policy", 10 * 1024),
    ("iam:CreatePolicy", {}, "PolicyDocument", 6144),
    ("iam:CreateRole", {}, "AssumeRolePolicyDocument", 2048),
    ("iam:PutRolePolicy", {}, "PolicyDocument", 10240),
    ("s3:PutBucketPolicy", {}, "Policy", 20 * 1024),
    ("sns:SetTopicAttributes", {"AttributeName": "Policy"}, "AttributeValue", 30 * 1024),
]


@pytest.mark.parametrize(("call", "sent"), TAKEN)
def test_B13_what_aws_takes_is_not_complained_about(call, sent):
    assert list(RULES[call](sent)) == []


@pytest.mark.parametrize(("call", "sent", "said"), REFUSED)
def test_B13_what_aws_refuses_in_prose_is_found_and_told_once(call, sent, said):
    (found,) = RULES[call](sent)
    assert said in found


@pytest.mark.parametrize(("name", "least", "most"), [(name, *bounds) for name, bounds in QUEUES.items()])
def test_B13_a_queue_takes_what_lies_between_its_bounds(name, least, most):
    for value in (least, most):
        assert list(RULES["sqs:CreateQueue"]({"Attributes": {name: str(value)}})) == []
    for value in (least - 1, most + 1):
        (found,) = RULES["sqs:CreateQueue"]({"Attributes": {name: str(value)}})
        assert found == f"Attributes.{name} = {value}: AWS takes {least} to {most}"


@pytest.mark.parametrize(("call", "sent", "member", "most"), SIZES)
def test_B13_a_policy_is_as_long_as_what_is_known_of_it(call, sent, member, most):
    known = Partly(("a" * (most - 1), " b"))
    assert list(RULES[call](sent | {member: known})) == []
    (found,) = RULES[call](sent | {member: Partly((*known.parts, "c"))})
    assert found == f"{member}: {most + 1} characters, AWS takes {most}"
