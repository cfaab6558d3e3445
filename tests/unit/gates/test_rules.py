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
ELSEWHERE = WIDGET | {"properties": {"title": "t"}}
SIDS = {"Statement": [{"Sid": "One"}, {"Sid": "Two"}, {}]}
PLAN = {
    "RestoreTestingPlanName": "monthly_restore",
    "ScheduleExpression": "cron(0 5 ? * * *)",
    "RecoveryPointSelection": {},
}
SELECTION = {"RestoreTestingSelectionName": "ledger"}
KEPT = {"DeleteAfterDays": 35}
BACKUP = {
    "ScheduleExpression": "cron(0 5 ? * * *)",
    "StartWindowMinutes": 60,
    "CompletionWindowMinutes": 120,
    "Lifecycle": KEPT,
}
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


def backup(**changes):
    return {"BackupPlan": {"Rules": [BACKUP | changes]}}


def restore(**changes):
    return {"RestoreTestingPlan": PLAN | changes}


def select(**changes):
    return {"RestoreTestingSelection": SELECTION | changes}


def document(*steps, schema="0.3", kind="Automation"):
    return {"DocumentType": kind, "Content": json.dumps({"schemaVersion": schema, "mainSteps": steps})}


def policy(document):
    return {"Policy": document if isinstance(document, str) else json.dumps(document)}


def stage(name="v1", written=None):
    return {"StageName": name, "AccessLogSettings": written and {"Format": written}}


def parameters(text):
    return {"ConfigRule": {"InputParameters": text}}


STRONG = {"MultiRegionConsistency": "STRONG", "ReplicaUpdates": [{}, {}]}
INSTANCE = {"Engine": "aurora-postgresql", "DBInstanceClass": "db.r5.large"}
TAKEN = [
    ("apigatewayv2:CreateStage", stage("$default")),
    ("apigatewayv2:CreateStage", stage("v-1_a", "$context.extendedRequestId")),
    ("backup:CreateBackupPlan", backup()),
    ("backup:CreateBackupPlan", backup(Lifecycle={"MoveToColdStorageAfterDays": 1, "DeleteAfterDays": 91})),
    ("backup:CreateRestoreTestingPlan", restore(StartWindowHours=168)),
    ("backup:CreateRestoreTestingPlan", restore(RecoveryPointSelection={"SelectionWindowDays": 365})),
    ("backup:CreateRestoreTestingSelection", select(ValidationWindowHours=1)),
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
    ("rds:CreateDBCluster", {"BackupRetentionPeriod": 35, "ManageMasterUserPassword": True}),
    ("rds:CreateDBInstance", INSTANCE),
    ("rds:CreateDBInstance", {"Engine": "postgres", "DBInstanceClass": UNKNOWN}),
    ("rds:DeleteDBCluster", {"SkipFinalSnapshot": True}),
    ("dynamodb:UpdateTable", {"MultiRegionConsistency": "EVENTUAL", "ReplicaUpdates": [{}]}),
    ("dynamodb:UpdateTable", STRONG),
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
]
REFUSED = [
    ("apigatewayv2:CreateStage", stage("a stage"), "letters, digits, hyphens"),
    ("apigatewayv2:CreateStage", stage(written="$context.requestId\n"), "must be one line"),
    ("backup:CreateBackupPlan", backup(ScheduleExpression="daily"), "Rules.ScheduleExpression = 'daily'"),
    ("backup:CreateBackupPlan", backup(CompletionWindowMinutes=119), "60 minutes to start and 119"),
    (
        "backup:CreateBackupPlan",
        backup(CopyActions=[{"Lifecycle": {"MoveToColdStorageAfterDays": 1, "DeleteAfterDays": 90}}]),
        "cold storage keeps for 90 days at least",
    ),
    ("backup:CreateRestoreTestingPlan", restore(StartWindowHours=169), "StartWindowHours = 169"),
    ("backup:CreateRestoreTestingPlan", restore(RestoreTestingPlanName="a-b"), "'a-b': AWS takes 1 to 50"),
    (
        "backup:CreateRestoreTestingPlan",
        restore(RecoveryPointSelection={"SelectionWindowDays": 366}),
        "SelectionWindowDays: AWS takes 1 to 365",
    ),
    ("backup:CreateRestoreTestingSelection", select(ValidationWindowHours=0), "AWS takes 1 to 168"),
    (
        "backup:CreateRestoreTestingSelection",
        select(RestoreTestingSelectionName="x" * 51),
        "AWS takes 1 to 50",
    ),
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
    (
        "rds:CreateDBCluster",
        {"GlobalClusterIdentifier": "g", "ManageMasterUserPassword": True},
        "is not possible in a global database",
    ),
    ("rds:CreateDBCluster", {"BackupRetentionPeriod": 36}, "BackupRetentionPeriod = 36"),
    (
        "rds:CreateDBInstance",
        INSTANCE | {"DBInstanceClass": "db.t3.micro"},
        "does not take it in both regions",
    ),
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
]


@pytest.mark.parametrize(("call", "sent"), TAKEN)
def test_B13_what_aws_takes_is_not_complained_about(call, sent):
    assert list(RULES[call](sent)) == []


@pytest.mark.parametrize(("call", "sent", "said"), REFUSED)
def test_B13_what_aws_refuses_in_prose_is_found_and_told_once(call, sent, said):
    (found,) = RULES[call](sent)
    assert said in found
