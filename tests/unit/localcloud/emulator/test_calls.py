import json

import pytest

from localcloud.emulator.calls import Call, CallLog, action_of, signature_of, tables_of
from tests.unit.localcloud.emulator.emulator_world import authorization

FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_the_scope_of_a_signature_names_key_region_and_service():
    signature = signature_of({"authorization": authorization("rds", "us-west-2", "ASIAX")}, "")
    assert signature
    assert (signature.access_key, signature.region, signature.service) == ("ASIAX", "us-west-2", "rds")
    assert signature.target == "us-west-2"


def test_a_presigned_request_is_signed_in_its_query():
    query = "X-Amz-Credential=ASIAX%2F20260102%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Signature=0"
    signature = signature_of({}, query)
    assert signature
    assert (signature.access_key, signature.service) == ("ASIAX", "s3")


@pytest.mark.parametrize("header", ["", "Bearer abc", "AWS4-HMAC-SHA256 Credential=broken"])
def test_anything_else_is_not_signed(header):
    assert signature_of({"authorization": header}, "") is None


@pytest.mark.parametrize("service", ["iam", "route53", "cloudfront"])
def test_services_with_one_control_plane_are_global_whatever_region_signs(service):
    signature = signature_of({"authorization": authorization(service, "us-west-2")}, "")
    assert signature
    assert signature.target == "global"


@pytest.mark.parametrize(
    ("headers", "body", "path", "action"),
    [
        ({"x-amz-target": "AWSStepFunctions.StartExecution"}, b"{}", "/", "StartExecution"),
        (FORM, b"Version=2014-10-31&Action=FailoverGlobalCluster", "/", "FailoverGlobalCluster"),
        ({}, b"\x00", "/service/GraniteServiceVersion20100801/operation/PutMetricAlarm", "PutMetricAlarm"),
        (FORM, b"Version=1", "/", "POST /"),
        ({}, b"{}", "/v2/apis", "POST /v2/apis"),
    ],
)
def test_an_operation_has_its_name_where_the_protocol_carries_one(headers, body, path, action):
    assert action_of("POST", path, headers, body) == action


@pytest.mark.parametrize(
    ("request_", "tables"),
    [
        ({"TableName": "lease"}, {"lease"}),
        ({"TableName": "arn:aws:dynamodb:us-east-1:1:table/lease"}, {"lease"}),
        ({"RequestItems": {"lease": [], "journal": []}}, {"lease", "journal"}),
        (
            {"TransactItems": [{"Put": {"TableName": "lease"}}, {"Update": {"TableName": "x"}}]},
            {"lease", "x"},
        ),
        ({}, set()),
        ([], set()),
    ],
)
def test_tables_are_found_alone_in_batches_and_in_transactions(request_, tables):
    assert tables_of(json.dumps(request_).encode()) == tables


def test_a_body_that_is_no_json_names_no_table():
    assert tables_of(b"\x00") == set()


def test_a_line_can_be_read_as_soon_as_it_is_recorded(tmp_path):
    path = tmp_path / "below" / "calls.jsonl"
    call = Call(
        at=1.23456, origin="us-east-1", to_region="us-west-2", service="rds", action="X", principal=None
    )
    with CallLog(path) as log:
        log.record(call, None, cut=True)
        line = json.loads(path.read_text())
    with CallLog(path):
        assert path.read_text() == "", "the calls of an earlier cloud"
    assert line == {
        "at": 1.2346,
        "from": "us-east-1",
        "to_region": "us-west-2",
        "service": "rds",
        "action": "X",
        "principal": None,
        "status": None,
        "cut": True,
    }
