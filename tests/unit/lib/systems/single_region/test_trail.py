"""S11: who called what."""

import json

from tests.unit.synthesized import synthesize


def test_S11_calls_are_written_down_encrypted_and_provable(here):
    trail = here.only("aws_cloudtrail")
    assert trail["name"] == "single-region-trail-test"
    assert trail["enable_log_file_validation"] is True
    assert trail["kms_key_id"].startswith("${aws_kms_key.")
    assert trail["is_multi_region_trail"] is False, "there is one region"
    (needed,) = trail["depends_on"]
    assert needed.startswith("aws_s3_bucket_policy.")


def test_S11_only_this_trail_writes_into_its_bucket_and_uses_the_key(here):
    (address,) = [one.partition(".")[2] for one in here.only("aws_cloudtrail")["depends_on"]]
    look, write, tls = json.loads(here.document["resource"]["aws_s3_bucket_policy"][address]["policy"])[
        "Statement"
    ]
    assert (look["Action"], write["Action"], tls["Effect"]) == (["s3:GetBucketAcl"], ["s3:PutObject"], "Deny")
    arn = write["Condition"]["StringEquals"]["aws:SourceArn"]
    assert arn.endswith(":trail/single-region-trail-test")
    (key,) = [
        one
        for one in json.loads(here.only("aws_kms_key")["policy"])["Statement"]
        if one["Principal"].get("Service") == "cloudtrail.amazonaws.com"
    ]
    assert set(key["Condition"]["StringEquals"].values()) == {arn}


def test_S11_records_are_kept_for_a_year(here):
    days = [
        rule["expiration"][0]["days"]
        for one in here.all("aws_s3_bucket_lifecycle_configuration")
        if "audit_records" in one["bucket"]
        for rule in one["rule"]
    ]
    assert days == [365]


def test_S11_an_account_that_has_five_trails_can_go_without(changed, functions, tmp_path):
    stack = synthesize(changed(audit={"trail": False}), functions, tmp_path)["use1"]
    assert stack.all("aws_cloudtrail") == []
    assert "cloudtrail" not in stack.only("aws_kms_key")["policy"]
