"""B03: no code of the recovery path could call a foreign control plane, whatever a drill has shown so far."""

from datetime import UTC, datetime

import pytest

from gameday.observe.calls import _GLOBAL_CONTROL_PLANES
from gates.findings import allowances, unexplained
from gates.recovery_path import REGIONAL, judge, violations


def test_B03_no_code_of_the_recovery_path_makes_a_client_of_a_foreign_control_plane():
    today = datetime.now(UTC).date()
    assert list(unexplained(judge(), allowances("recovery-path"), today=today)) == []


def test_B03_what_counts_as_regional_is_no_global_control_plane():
    assert not REGIONAL & _GLOBAL_CONTROL_PLANES


@pytest.mark.parametrize(
    ("careless", "code", "words"),
    [
        ("import boto3", "L10", "makes its own clients with boto3"),
        ("from boto3 import Session", "L10", "boto3.Session"),
        ("from botocore.session import get_session", "L10", "botocore.session"),
        ("client('route53')", "L20", "a client of route53"),
        ("client('iam', attempts=1)", "L20", "a client of iam"),
        ("clients.client('cloudfront')", "L20", "a client of cloudfront"),
        ("session.resource('ec2')", "L20", "a client of ec2"),
        ("client(name)", "L20", "a service that is no literal"),
        ("client('rds', region=lease.previous_holder)", "L30", "names the region lease.previous_holder"),
        ("boto3.client('ssm', region_name='x')", "L30", "names the region 'x'"),
        ("tools.rds_in(takeover.previous)", "L30", "asks rds in takeover.previous"),
        ("import urllib.request", "L40", "urllib.request"),
        ("from http.client import HTTPSConnection", "L40", "http.client.HTTPSConnection"),
        ("import subprocess", "L40", "subprocess"),
    ],
)
def test_B03_a_careless_line_in_a_step_is_refused(tmp_path, careless, code, words):
    step = tmp_path / "failover" / "steps" / "promote_somewhere.py"
    step.parent.mkdir(parents=True)
    step.write_text(f"def run():\n    {careless}\n")
    (found,) = judge(tmp_path)
    assert str(found).startswith(f"{code} failover/steps/promote_somewhere.py: line 2 ")
    assert words in found.text


@pytest.mark.parametrize(
    "fine",
    [
        "client('dynamodb')",
        "dynamodb(table)",
        "ssm_in()",
        "from http import HTTPStatus",
        "from urllib.parse import urlsplit",
    ],
)
def test_B03_what_a_region_can_answer_alone_needs_no_reason(fine):
    assert list(violations(fine)) == []
