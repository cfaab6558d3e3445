"""`dr doctor`: verdicts, exit codes, and that it reads with the rights of its policy and no other."""

import json
import re

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from dr.calls import AwsUnavailable, NoAccess
from dr.doctor.aws import Account, Unanswered, must
from dr.doctor.checks import examine
from dr.doctor.command import CHECKS, exit_code
from dr.doctor.state import NAMED
from dr.rights.doctor import rights
from dr.rules import Verdict
from lib.systems.registry import SYSTEMS

from .account_world import ABSENT, ACCOUNT, EAST, WEST, model
from .test_state import BUCKET, stack

NAMES_OF_RIGHTS = {
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadObject": "s3:GetObject",
}
"""Where IAM has another word than the API."""
PREFIX = {"service-quotas": "servicequotas"}
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/board@sha256:{'a' * 64}"
FOR_AN_HONEST_404 = {"s3:ListBucket"}
"""Without it S3 says of a missing object that it may not be read."""


def test_a_ready_account_passes_everything_in_both_regions(told, doctor):
    assert {one["verdict"] for one in told().values()} == {"pass"}
    assert doctor().exit_code == 0
    assert {place for _, place in told()} == {EAST, WEST, "account"}


def test_every_check_is_made_once_in_its_place_in_the_order_of_the_codes(told, settings):
    codes = [code for code, _ in told()]
    assert codes == sorted(codes)
    assert set(codes) == {check.code for check in CHECKS if check.concerns(settings)}
    assert len({check.code for check in CHECKS}) == len(CHECKS)


def test_a_failure_is_one_line_with_what_was_found_and_what_mends_it(aws, doctor, told):
    del aws.secrets[WEST]["payments/api-key"]
    ended = doctor("--json")
    assert ended.exit_code == 5
    assert json.loads(ended.stdout)["account"] == ACCOUNT
    one = told()["D22", WEST]
    assert one["verdict"] == "fail"
    assert one["problems"] == ["there is no secret payments/api-key with a text"]
    assert one["fix"].startswith("put it into us-west-2")
    shown = " ".join(doctor().output.split())
    assert "fail" in shown


def test_what_may_not_be_read_is_unknown_and_never_good(aws, doctor, told):
    aws.silent.add(("config", "describe_configuration_recorder_status"))
    assert doctor().exit_code == 3
    one = told()["D30", EAST]
    assert (one["verdict"], one["problems"]) == (
        "unknown",
        ["config describe_configuration_recorder_status in us-east-1: AccessDenied"],
    )
    assert one["fix"].startswith("give these credentials the rights of docs/deployment.md")


def test_a_failure_weighs_more_than_what_is_unknown(aws, doctor):
    aws.silent.add(("config", "describe_configuration_recorder_status"))
    aws.answers["backup", "describe_region_settings"] = {}
    assert doctor().exit_code == 5


def test_a_person_may_accept_a_check_by_name_and_it_stays_on_the_screen(aws, doctor, told):
    aws.answers["backup", "describe_region_settings"] = {}
    assert doctor("--accept", "D32").exit_code == 0
    assert doctor("--accept", "D30").exit_code == 5
    one = told("--accept", "D32")["D32", EAST]
    assert (one["verdict"], one["accepted"]) == ("fail", True)
    assert "(accepted)" in " ".join(doctor("--accept", "D32").output.split())


def test_a_check_that_does_not_exist_cannot_be_accepted(doctor):
    ended = doctor("--accept", "D99")
    assert ended.exit_code == 2
    assert "there is no check D99" in ended.output


def test_a_region_that_is_down_leaves_its_checks_unknown_and_the_others_answered(aws, told):
    for service in ("secretsmanager", "ec2", "sts"):
        aws.silent.add((service, EAST))
    findings = told()
    assert findings["D20", EAST]["verdict"] == "unknown"
    assert findings["D20", WEST]["verdict"] == "pass"


def test_without_any_region_there_is_nothing_to_examine(aws, doctor):
    aws.silent |= {("sts", EAST), ("sts", WEST)}
    assert isinstance(doctor().exception, AwsUnavailable)


NOT_OF = {
    "payments": {"aws_cloudtrail", "aws_db_instance", "aws_lb"},
    "single-region": {"aws_db_instance", "aws_rds_global_cluster"},
    "trading": {"aws_cloudtrail", "aws_db_instance"},
    "webapp": {"aws_backup_vault", "aws_cloudtrail", "aws_rds_cluster", "aws_rds_global_cluster"},
}
"""Types of names that a system has none of."""


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_ready_account_passes_everything_of_every_system(aws, of_system, made_stacks, system):
    aws.answers["service-quotas", "get_service_quota"] = {"Quota": {"Value": 100.0}}
    findings = examine(CHECKS, aws, of_system(system, CONTAINER_IMAGE=IMAGE), ACCOUNT)
    assert [one for one in findings if one.verdict is not Verdict.PASS] == []
    assert {one.code for one in findings} > {"D10", "D20", "D26", "D40", "D42", "D46", "D54", "D72"}


@pytest.fixture(params=SYSTEMS)
def everything(request, of_system, made_stacks):
    """The settings of a system with all that the doctor could be asked about, and its stacks."""
    made_stacks |= {type_: stack(type_) for type_ in NAMED.keys() - NOT_OF[request.param]}
    given = of_system(request.param, CONTAINER_IMAGE=IMAGE)
    return given.model_copy(
        update={
            "state": BUCKET,
            "dns": given.dns.model_copy(update={"zone": "existing", "delegated": True}),
            "access": given.access.model_copy(update={"permissions_boundary": "limits"}),
        }
    )


def test_it_reads_and_has_the_rights_for_exactly_that(aws, doctor, everything, monkeypatch):
    """Least privilege: the policy of docs/policies has what is asked, and nothing that is not."""
    monkeypatch.setattr("dr.doctor.command.load_any", lambda: everything)
    monkeypatch.setattr("dr.doctor.zones.asked_of_the_world", lambda _: frozenset())
    zone = {
        "Name": f"{everything.dns.domain}.",
        "Id": "Z1",
        "CallerReference": "1",
        "Config": {"PrivateZone": False},
    }
    aws.answers["route53", "list_hosted_zones_by_name"] = {"HostedZones": [zone]}
    aws.answers["s3", "get_bucket_location"] = {"LocationConstraint": "us-east-2"}
    aws.answers["service-quotas", "get_service_quota"] = ABSENT
    aws.roles.clear()
    aws.roles.add("deployer")
    doctor()
    used = set()
    for service, _, operation, _ in aws.asked:
        loaded, operations = model(service)
        name = f"{PREFIX.get(service, loaded.signing_name)}:{operations[operation].name}"
        used.add(NAMES_OF_RIGHTS.get(name, name))
    allowed = {action for one in rights(everything, ACCOUNT) for action in one.actions}
    assert used == allowed - FOR_AN_HONEST_404
    assert not [
        action for action in allowed if not re.fullmatch(r"\w+:(Describe|Get|List|Simulate)\w+", action)
    ]


def test_the_policy_opens_no_secret_but_those_of_the_settings(settings):
    opened = {
        resource
        for one in rights(settings, ACCOUNT)
        if "secretsmanager:GetSecretValue" in one.actions
        for resource in one.resources
    }
    assert opened == {
        f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:payments/{name}-??????"
        for region in (EAST, WEST)
        for name in ("database", "api-key")
    }


def test_exit_codes():
    class Found:
        def __init__(self, verdict):
            self.code, self.verdict = "D10", verdict

    assert exit_code([Found(Verdict.PASS)], frozenset()) == 0
    assert exit_code([Found(Verdict.UNKNOWN)], frozenset()) == 3
    assert exit_code([Found(Verdict.UNKNOWN), Found(Verdict.FAIL)], frozenset()) == 5
    assert exit_code([Found(Verdict.FAIL)], frozenset({"D10"})) == 0


class Client:
    def __init__(self, error=None, *, pages=False):
        self.error, self.pages = error, pages

    def can_paginate(self, _operation):
        return self.pages

    def look(self, **asked):
        if self.error:
            raise self.error
        return asked

    def get_paginator(self, _operation):
        return self

    def paginate(self, **asked):
        self.asked = asked
        return self

    def build_full_result(self):
        return {"all": self.asked}


def ask(client):
    return Account(lambda *_, **__: client)("s3", EAST, "look", Bucket="b")


def error(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Look")


def test_an_answer_has_all_its_pages():
    assert ask(Client()) == {"Bucket": "b"}
    assert ask(Client(pages=True)) == {"all": {"Bucket": "b"}}


@pytest.mark.parametrize("code", ["404", "NoSuchEntity", "ResourceNotFoundException", "NoSuchBucket"])
def test_what_is_not_there_is_an_answer(code):
    assert ask(Client(error(code))) is None
    with pytest.raises(Unanswered, match="no such thing"):
        must(None)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (error("AccessDenied"), "s3 look in us-east-1: AccessDenied"),
        (EndpointConnectionError(endpoint_url="https://x"), "Could not connect"),
        (EndpointConnectionError(endpoint_url="x", error=ConnectionRefusedError(111, "r")), "nobody listens"),
        (ValueError("Invalid endpoint: x"), "Invalid endpoint: x"),
    ],
)
def test_whoever_may_not_ask_or_gets_no_answer_is_told_what_was_asked(failure, said):
    with pytest.raises(Unanswered, match=said):
        ask(Client(failure))


@pytest.mark.parametrize("failure", [NoCredentialsError(), error("ExpiredToken")])
def test_credentials_that_open_nothing_end_it(failure):
    with pytest.raises(NoAccess):
        ask(Client(failure))


def test_one_region_alone_is_asked_while_the_other_one_is_down(aws, told, doctor):
    """Neither the lost region is asked, nor IAM and Route 53, which are homed in it."""
    services = {service for service, _ in aws.answers} | {"iam", "secretsmanager", "sts"}
    aws.silent |= {(service, EAST) for service in services}
    assert doctor("--region", WEST).exit_code == 0
    assert {place for _, place in told("--region", WEST)} == {WEST, "account"}
    aws.asked.clear()
    doctor("--region", WEST)
    assert {region for service, region, *_ in aws.asked} <= {WEST, "us-east-2"}
    assert {"iam", "route53"} & {service for service, *_ in aws.asked} == set()
    left = "us-west-2 alone cannot say: D24, D26, D50, D52, D54, D60, D62, D72"
    assert left in " ".join(doctor("--region", WEST).output.split())


def test_a_region_alone_fails_as_it_would_beside_the_other(aws, doctor, told):
    del aws.secrets[WEST]["payments/api-key"]
    assert doctor("--region", WEST).exit_code == 5
    assert doctor("--region", EAST).exit_code == 0
    assert doctor("--region", WEST, "--accept", "D22").exit_code == 0


@pytest.mark.parametrize("region", ["eu-west-1", ""])
def test_only_a_region_of_the_settings_can_be_asked_alone(doctor, region):
    wrong = doctor("--region", region)
    assert wrong.exit_code == 2
    assert "choose us-east-1 or us-west-2" in wrong.output
