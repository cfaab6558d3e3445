"""W05 W06 W10: databases, files, their copies and their keys."""

import pytest

from tests.unit.policy.roles import statements


@pytest.fixture
def databases(here):
    return here.by("aws_db_instance", "identifier")


@pytest.fixture
def writer(databases):
    return databases["webapp-database-0-use1-test"]


@pytest.fixture
def replica(databases):
    return databases["webapp-database-1-use1-test"]


def test_W05_the_writer_has_a_copy_in_another_zone_and_a_replica_to_read_from(writer, replica):
    assert (writer["engine"], writer["engine_version"], writer["multi_az"]) == ("postgres", "16.11", True)
    assert replica["replicate_source_db"].endswith(".identifier}")
    assert "replicate_source_db" in replica["lifecycle"]["ignore_changes"], "a plan would undo a promotion"


def test_W05_a_promoted_replica_has_all_that_the_writer_had(writer, replica):
    own = {"engine", "engine_version", "allocated_storage", "storage_type", "kms_key_id", "multi_az"}
    own |= {
        "db_name",
        "username",
        "backup_retention_period",
        "password_wo",
        "password_wo_version",
        "db_subnet_group_name",
    }
    own |= {"//", "identifier", "tags", "depends_on", "replicate_source_db", "lifecycle"}
    assert {key: writer[key] for key in writer.keys() - own} == {
        key: replica[key] for key in replica.keys() - own
    }
    assert writer["backup_retention_period"] == 7
    assert "backup_retention_period" not in replica, (
        "RDS gives a new replica none, and each plan would differ"
    )


def test_W05_the_password_comes_from_an_existing_secret_and_is_kept_nowhere(here, writer):
    assert here.document["ephemeral"]["aws_secretsmanager_secret_version"]["database"] == {
        "secret_id": "webapp/database"
    }
    assert writer["password_wo"] == (
        '${jsondecode(ephemeral.aws_secretsmanager_secret_version.database.secret_string)["password"]}'
    )
    assert "password" not in writer


def test_W10_databases_refuse_plain_text(here, writer, replica):
    group = here.only("aws_db_parameter_group")
    assert group["family"] == "postgres16"
    assert {"rds.force_ssl": "1"}.items() <= {one["name"]: one["value"] for one in group["parameter"]}.items()
    assert writer["parameter_group_name"] == replica["parameter_group_name"]


def test_W05_logs_go_to_groups_that_end(here, databases):
    groups = here.by("aws_cloudwatch_log_group", "name")
    for name, one in databases.items():
        for kind in one["enabled_cloudwatch_logs_exports"]:
            assert groups[f"/aws/rds/instance/{name}/{kind}"]["retention_in_days"] == 365
            assert any("log_group" in needed for needed in one["depends_on"])


def test_W08_the_private_name_leads_to_the_writer_until_somebody_mends(here):
    (record,) = [one for one in here.all("aws_route53_record") if one["type"] == "CNAME"]
    assert (record["name"], record["ttl"]) == ("db.internal.test.webapp.test", 5)
    assert record["records"][0].endswith(".address}")
    assert record["lifecycle"]["ignore_changes"] == ["records"], "a plan would point back at a lost writer"
    zones = here.by("aws_route53_zone", "name")
    assert zones["internal.test.webapp.test"]["vpc"][0]["vpc_id"].startswith("${aws_vpc.")


def test_W05_an_instance_finds_both_databases_by_parameters(here):
    found = here.by("aws_ssm_parameter", "name")
    assert found["/webapp-test/db/writer"]["value"] == "db.internal.test.webapp.test:5432"
    assert found["/webapp-test/db/replica"]["value"].endswith(".address}:5432")
    assert found["/webapp-test/db/hosts"]["value"].count(".address}") == 2
    assert found["/webapp-test/db/secret"]["value"] == "webapp/database"


def replication(stack):
    found = stack.only("aws_s3_bucket_replication_configuration")
    (rule,) = found["rule"]
    return found, rule


def test_W06_every_file_and_every_deletion_goes_to_the_second_region(here):
    found, rule = replication(here)
    assert rule["filter"] == {"prefix": ""}
    assert (rule["priority"], rule["status"]) == (1, "Enabled")
    assert rule["delete_marker_replication"] == {"status": "Enabled"}
    assert rule["source_selection_criteria"]["sse_kms_encrypted_objects"] == {"status": "Enabled"}
    assert any("versioning" in one for one in found["depends_on"])


def test_W06_copies_lie_under_a_key_of_their_region_and_are_measured(here, there):
    _, rule = replication(here)
    destination = rule["destination"]
    assert "terraform_remote_state" in destination["encryption_configuration"]["replica_kms_key_id"]
    assert destination["metrics"] == {"status": "Enabled"}
    assert "replication_time" not in destination
    (key,) = there.document["resource"]["aws_kms_key"]
    (encryption,) = there.all("aws_s3_bucket_server_side_encryption_configuration")
    by_default = encryption["rule"][0]["apply_server_side_encryption_by_default"]
    assert by_default == {"kms_master_key_id": f"${{aws_kms_key.{key}.arn}}", "sse_algorithm": "aws:kms"}


def test_W06_a_promise_of_fifteen_minutes_can_be_bought(with_options):
    destination = replication(with_options)[1]["destination"]
    assert destination["replication_time"] == {"status": "Enabled", "time": {"minutes": 15}}
    assert destination["metrics"] == {"status": "Enabled", "event_threshold": {"minutes": 15}}


def test_W06_buckets_keep_versions_for_a_while_and_nobody_reaches_them_from_outside(here, there):
    for stack, private in ((here, 3), (there, 1)):
        assert len(stack.all("aws_s3_bucket_versioning")) == private
        closed = [
            one for one in stack.all("aws_s3_bucket_public_access_block") if one["restrict_public_buckets"]
        ]
        assert len(closed) == private
    days = {
        rule["id"]: rule["noncurrent_version_expiration"][0]["noncurrent_days"]
        for one in here.all("aws_s3_bucket_lifecycle_configuration")
        for rule in one["rule"]
    }
    assert days == {"old-versions": 30, "expire": 1}


def test_W09_the_role_of_replication_reads_here_writes_there_and_uses_both_keys_through_s3(here):
    told = [one for name, one in statements(here) if name.startswith("webapp-copies-")]
    writing = [one for one in told if "s3:ReplicateObject" in one["Action"]]
    (copies,) = writing[0]["Resource"]
    assert copies.startswith("arn:aws:s3:::webapp-files-usw2-test-")
    keys = {one["Action"][0]: one for one in told if one["Action"][0].startswith("kms:")}
    assert keys["kms:Decrypt"]["Condition"] == {
        "StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
    }
    assert keys["kms:Encrypt"]["Condition"] == {
        "StringEquals": {"kms:ViaService": "s3.us-west-2.amazonaws.com"}
    }
