"""D70 and D72: the state is kept, and what nobody's state knows is not in the way."""

from functools import partial
from pathlib import Path

import pytest

from dr.doctor import stacks
from dr.doctor.aws import Unanswered
from dr.doctor.state import NAMED
from dr.rules import Verdict
from lib.settings.lifecycle import Profile
from lib.settings.provider import RemoteState

from .account_world import ABSENT, EAST, WEST

SYNTHESIZE = stacks.synthesize
REFUSED = '''import sys
sys.stderr.write("""b'!!!!!!!!!!!!!!!!'
b'!! Node 20 is end-of-life !!'

budget: unproven: rto_takeover (dr budget says why)
profile = protected: there is no config/locks/aws-6.25.0.lock.hcl
payments.toml: rto_s: is missing
""")
sys.exit(2)
'''
BUCKET = RemoteState(bucket="acme-states", region="us-east-2")
TAKEN = {
    "aws_backup_vault": ("backup", "list_backup_vaults", {"BackupVaultList": [{"BackupVaultName": "it"}]}),
    "aws_cloudwatch_log_group": ("logs", "describe_log_groups", {"logGroups": [{"logGroupName": "it"}]}),
    "aws_cloudtrail": ("cloudtrail", "describe_trails", {"trailList": [{"Name": "it"}]}),
    "aws_db_instance": ("rds", "describe_db_instances", {"DBInstances": [{"DBInstanceIdentifier": "it"}]}),
    "aws_lb": ("elbv2", "describe_load_balancers", {"LoadBalancers": [{"LoadBalancerName": "it"}]}),
    "aws_dynamodb_table": ("dynamodb", "list_tables", {"TableNames": ["it"]}),
    "aws_iam_role": ("iam", "list_roles", {"Roles": [{"RoleName": "it"}]}),
    "aws_kms_alias": ("kms", "list_aliases", {"Aliases": [{"AliasName": "it"}]}),
    "aws_lambda_function": ("lambda", "list_functions", {"Functions": [{"FunctionName": "it"}]}),
    "aws_rds_cluster": ("rds", "describe_db_clusters", {"DBClusters": [{"DBClusterIdentifier": "it"}]}),
    "aws_rds_global_cluster": (
        "rds",
        "describe_global_clusters",
        {"GlobalClusters": [{"GlobalClusterIdentifier": "it"}]},
    ),
    "aws_s3_bucket": ("s3", "get_bucket_location", {}),
}


@pytest.fixture
def remote(changed):
    return changed(state=BUCKET)


@pytest.fixture
def bucket(aws):
    aws.answers["s3", "get_bucket_location"] = {"LocationConstraint": "us-east-2"}
    return aws.answers


def stack(type_="aws_iam_role", name="it", **more):
    attribute = NAMED[type_][0]
    return {
        "provider": {"aws": [{"region": EAST}, {"region": WEST, "alias": "usw2"}]},
        "resource": {type_: {"one": {attribute: name, **more}}, "aws_sns_topic": {"two": {"name": "it"}}},
    }


def test_state_in_files_is_enough_for_what_comes_and_goes_and_not_for_what_is_protected(
    changed, passes, problem
):
    assert passes("D70")
    said = problem("D70", changed(profile=Profile.PROTECTED))
    assert said == "the profile is protected and the state lies in files of one machine"


def test_a_bucket_as_the_documentation_makes_it_passes(bucket, remote, passes):
    assert passes("D70", remote)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (("get_bucket_location", ABSENT), "there is no bucket acme-states"),
        (
            ("get_bucket_location", {"LocationConstraint": WEST}),
            "it is in us-west-2, and TERRAFORM_STATE_BUCKET_REGION",
        ),
        (
            ("get_bucket_location", {}),
            "where home is: without that, nothing could be deployed",
        ),
        (("get_bucket_versioning", {}), "it keeps no versions"),
        (("get_public_access_block", ABSENT), "it could be opened to the public"),
        (
            (
                "get_public_access_block",
                {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": False}},
            ),
            "it could be opened to the public",
        ),
    ],
)
def test_what_a_state_bucket_lacks_is_told(bucket, remote, problem, told, said):
    operation, answer = told
    bucket["s3", operation] = answer
    assert said in problem("D70", remote)


@pytest.mark.parametrize("type_", NAMED)
def test_a_name_that_is_taken_is_found_before_terraform_stumbles_over_it(
    aws, made_stacks, passes, problem, type_
):
    made_stacks["payments-use1-test"] = stack(type_)
    assert passes("D72")
    service, operation, answer = TAKEN[type_]
    aws.answers[service, operation] = answer
    assert problem("D72") == f"{type_} it in us-east-1 is taken, and no state knows it"


def test_a_name_is_looked_for_where_its_provider_makes_it(aws, made_stacks, problem):
    made_stacks["payments-world-test"] = stack("aws_kms_alias", provider="aws.usw2")
    aws.answers["kms", "list_aliases"] = {"Aliases": [{"AliasName": "it"}]}
    assert problem("D72") == "aws_kms_alias it in us-west-2 is taken, and no state knows it"


def test_a_name_with_the_account_in_it_is_looked_for_as_it_will_be(aws, made_stacks, problem):
    made_stacks["payments-use1-test"] = stack(
        "aws_s3_bucket", "logs-${data.aws_caller_identity.account.account_id}"
    )
    aws.answers["s3", "get_bucket_location"] = {}
    assert "aws_s3_bucket logs-123456789012 " in problem("D72")


def test_what_a_state_knows_is_ours(aws, made_stacks, remote, passes):
    made_stacks["payments-use1-test"] = stack()
    aws.answers["iam", "list_roles"] = {"Roles": [{"RoleName": "it"}]}
    Path("terraform.payments-use1-test.tfstate").write_text("{}")
    assert passes("D72")
    assert not passes("D72", remote)
    aws.answers["s3", "head_object"] = {}
    assert passes("D72", remote)
    assert [asked["Key"] for *_, op, asked in aws.asked if op == "head_object"] == [
        "payments/payments-use1-test.tfstate"
    ] * 2


def test_one_listing_answers_for_all_names_of_a_region(aws, made_stacks, passes):
    made_stacks |= {"payments-use1-test": stack(), "payments-usw2-test": stack(name="other")}
    assert passes("D72")
    assert len([operation for *_, operation, _ in aws.asked if operation == "list_roles"]) == 1


def test_the_stacks_are_those_of_the_app(tmp_path):
    main = tmp_path / "main.py"
    main.write_text(
        "import json, os, pathlib\n"
        "out = pathlib.Path(os.environ['CDKTF_OUTDIR'])\n"
        "(out / 'one.json').write_text(json.dumps({'resource': {}}))\n"
        "manifest = {'stacks': {'one': {'synthesizedStackPath': 'one.json'}}}\n"
        "(out / 'manifest.json').write_text(json.dumps(manifest))\n"
    )
    assert stacks.synthesize(main) == {"one": {"resource": {}}}


def test_an_app_that_does_not_synthesize_leaves_the_names_unknown(tmp_path):
    main = tmp_path / "main.py"
    main.write_text("raise SystemExit('payments.toml: rto_s: is missing')\n")
    with pytest.raises(Unanswered, match=r"do not synthesize: .*rto_s: is missing"):
        stacks.synthesize(main)


def test_what_the_settings_refuse_is_told_in_whole_lines_with_the_fix_of_settings(
    tmp_path, monkeypatch, made_stacks, found
):
    main = tmp_path / "main.py"
    main.write_text(REFUSED)
    monkeypatch.setattr(stacks, "synthesize", partial(SYNTHESIZE, main))
    one = found("D72")["account"]
    assert one.verdict is Verdict.UNKNOWN
    (said,) = one.problems
    assert said == (
        "the stacks do not synthesize: profile = protected: there is no config/locks/aws-6.25.0.lock.hcl; "
        "payments.toml: rto_s: is missing"
    )
    assert one.fix == "mend what it says, then type it again"
