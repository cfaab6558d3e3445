"""P21: secrets exist already; the password passes through Terraform without being kept."""

import json

KEEPS_SECRETS = ("random_password", "aws_secretsmanager_secret_version", "aws_secretsmanager_secret")


def test_P21_nothing_creates_a_secret_and_no_data_source_reads_its_value(any_stacks):
    for stack in any_stacks.values():
        assert not set(KEEPS_SECRETS) & set(stack.document.get("resource", {}))
        assert "aws_secretsmanager_secret_version" not in stack.document.get("data", {})


def test_P21_the_password_goes_from_an_ephemeral_block_into_a_write_only_argument(stacks):
    origin = stacks["use1"]
    secrets = origin.document["ephemeral"]["aws_secretsmanager_secret_version"]
    assert secrets["database"] == {"secret_id": "payments/database"}
    password = origin.only("aws_rds_cluster")["master_password_wo"]
    assert password == (
        '${jsondecode(ephemeral.aws_secretsmanager_secret_version.database.secret_string)["password"]}'
    )
    assert json.dumps(origin.document).count("ephemeral.aws_") == len(secrets) == 2


def test_P21_no_password_is_managed_where_aurora_cannot(resources):
    """A global database refuses manage_master_user_password; master_password would stay in the state."""
    clusters = [resource.body for resource in resources if resource.type == "aws_rds_cluster"]
    assert clusters
    for cluster in clusters:
        assert not {"master_password", "manage_master_user_password"} & set(cluster)


def test_P21_a_missing_secret_fails_the_plan_in_either_region(region):
    (secret,) = region.document["data"]["aws_secretsmanager_secret"].values()
    assert secret["name"] == "payments/database"
