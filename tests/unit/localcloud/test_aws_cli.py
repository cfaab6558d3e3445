"""The command line of AWS as far as runbooks need it."""

import json

import pytest
from moto import mock_aws

from localcloud import aws_cli
from localcloud.aws_cli import Command, NotACommand
from tests.unit import emulated

PARAMETER = ("ssm", "get-parameter", "--name", "/x", "--query", "Parameter.Value", "--output", "text")


@pytest.fixture(autouse=True)
def _keys(monkeypatch):
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "test")


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("rds describe-global-clusters --global-cluster-identifier x", {"GlobalClusterIdentifier": "x"}),
        (
            "rds switchover-global-cluster --global-cluster-identifier a --target-db-cluster-identifier b",
            {"GlobalClusterIdentifier": "a", "TargetDbClusterIdentifier": "b"},
        ),
        (
            "lambda invoke --function-name f out.json",
            {"FunctionName": "f"},
        ),
        (
            'dynamodb get-item --table-name t --consistent-read --key {"k":{"S":"v"}}',
            {"TableName": "t", "ConsistentRead": True, "Key": {"k": {"S": "v"}}},
        ),
        (
            "dynamodb get-item --table-name t --no-consistent-read --key {}",
            {"TableName": "t", "ConsistentRead": False, "Key": {}},
        ),
        (
            "cloudwatch describe-alarms --alarm-names a b --max-records 5",
            {"AlarmNames": ["a", "b"], "MaxRecords": 5},
        ),
        (
            "cloudwatch list-metrics --dimensions Name=a,Value=b",
            {"Dimensions": [{"Name": "a", "Value": "b"}]},
        ),
        ("s3api delete-object --bucket b --key k", {"Bucket": "b", "Key": "k"}),
        (
            "stepfunctions send-task-success --task-token t --task-output {} --output text",
            {"taskToken": "t", "output": "{}"},
        ),
        (
            "backup update-region-settings --resource-type-opt-in-preference Aurora=true,S3=false",
            {"ResourceTypeOptInPreference": {"Aurora": True, "S3": False}},
        ),
        (
            "service-quotas request-service-quota-increase --service-code a --quota-code b --desired-value 2",
            {"ServiceCode": "a", "QuotaCode": "b", "DesiredValue": 2.0},
        ),
    ],
)
def test_words_are_what_the_model_of_the_service_calls_them(words, asked):
    assert Command.parse(words.split(), "us-west-2").asked == asked


@pytest.mark.parametrize(
    ("words", "region", "why"),
    [
        ("rds describe-everything", "us-west-2", "rds has no describe-everything"),
        ("rds describe-global-clusters --no-such x", "us-west-2", "unknown option --no-such"),
        ("rds failover-global-cluster", "us-west-2", "Missing required parameter"),
        ("rds describe-global-clusters", None, "no region"),
    ],
)
def test_what_aws_does_not_know_is_refused(words, region, why):
    with pytest.raises(NotACommand, match=why):
        Command.parse(words.split(), region)


@pytest.mark.parametrize(
    ("query", "output", "shown"),
    [
        ("A[].B", "text", "1\t2\n"),
        ("A[].[B,C]", "text", "1\tx\n2\ty\n"),
        ("A[0].B", "text", "1\n"),
        ("none", "text", "None\n"),
        ("A[0]", "json", '{"B": 1, "C": "x"}\n'),
    ],
)
def test_answers_are_shown_as_the_command_line_shows_them(query, output, shown):
    words = ["rds", "describe-global-clusters", "--query", query, "--output", output, "--region", "us-east-1"]
    answer = {"A": [{"B": 1, "C": "x"}, {"B": 2, "C": "y"}], "ResponseMetadata": {}}
    assert Command.parse(words, None).show(answer) == shown


def test_without_a_query_all_is_json_but_what_is_about_the_call():
    command = Command.parse(["rds", "describe-global-clusters"], "us-east-1")
    assert json.loads(command.show({"A": 1, "ResponseMetadata": {}})) == {"A": 1}


def test_a_call_is_made_and_its_answer_printed(monkeypatch, capsys):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        emulated.client("ssm").put_parameter(Name="/x", Value="here", Type="String")
        aws_cli.main(PARAMETER)
    assert capsys.readouterr().out == "here\n"


def test_what_is_no_call_is_one_line():
    with pytest.raises(SystemExit, match="aws: ssm has no put-everything"):
        aws_cli.main(["ssm", "put-everything"])
