"""S03 S05 S10: sessions, files, and where the application finds everything."""


def test_S03_sessions_expire_and_can_be_had_back_and_cost_what_they_are_used(here):
    table = here.only("aws_dynamodb_table")
    assert (table["name"], table["hash_key"]) == ("single-region-sessions-test", "session")
    assert table["billing_mode"] == "PAY_PER_REQUEST"
    assert table["point_in_time_recovery"] == {"enabled": True}
    assert table["ttl"] == {"attribute_name": "expires_at", "enabled": True}
    assert table["tags"]["BackupPlan"] == "single-region-backup-test"


def test_S03_sessions_lie_under_the_key_that_aws_manages(here):
    assert here.only("aws_dynamodb_table")["server_side_encryption"] == {"enabled": True}


def test_S05_files_are_private_versioned_and_under_the_keys_of_s3(here):
    (files,) = [one for one in here.all("aws_s3_bucket") if "-files-" in one["bucket"]]
    assert files["bucket"].startswith("single-region-files-use1-test-")
    assert files["force_destroy"] is True
    for closed in here.all("aws_s3_bucket_public_access_block"):
        assert {value for key, value in closed.items() if key not in ("//", "bucket")} == {True}
    for versions in here.all("aws_s3_bucket_versioning"):
        assert versions["versioning_configuration"]["status"] == "Enabled"
    (encryption,) = here.all("aws_s3_bucket_server_side_encryption_configuration")
    (rule,) = encryption["rule"]
    assert rule == {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}


def test_S05_files_become_cheaper_with_age_and_old_versions_end(here):
    rules = [rule for one in here.all("aws_s3_bucket_lifecycle_configuration") for rule in one["rule"]]
    (tiers,) = [rule for rule in rules if rule["id"] == "tiers"]
    assert tiers["transition"] == [{"days": 30, "storage_class": "STANDARD_IA"}]
    assert tiers["noncurrent_version_expiration"] == [{"noncurrent_days": 30}]


def test_S10_the_application_finds_writer_and_reader_by_parameters(here):
    found = here.by("aws_ssm_parameter", "name")
    writer = found["/single-region-test/db/writer"]
    reader = found["/single-region-test/db/replica"]
    assert ".endpoint}" in writer["value"]
    assert ".reader_endpoint}" in reader["value"]
    hosts = found["/single-region-test/db/hosts"]["value"].split(",")
    assert [one["value"].partition(":")[0] for one in (writer, reader)] == hosts
    assert found["/single-region-test/sessions/table"]["value"] == "single-region-sessions-test"


def test_S10_who_may_sign_in_is_encrypted_under_our_key_and_has_versions(here, changed):
    found = here.by("aws_ssm_parameter", "name")
    users = found.pop("/single-region-test/web/users")
    assert (users["type"], users["value_wo_version"]) == ("SecureString", 1)
    assert users["key_id"].startswith("${aws_kms_key.")
    assert "value" not in users
    assert {one["type"] for one in found.values()} == {"String"}
    secrets = here.document["ephemeral"]["aws_secretsmanager_secret_version"]
    assert users["value_wo"] == "${ephemeral.aws_secretsmanager_secret_version.web-users.secret_string}"
    assert secrets["web-users"] == {"secret_id": "single-region/web"}
    assert changed(secret_version=2).secret_version == 2
