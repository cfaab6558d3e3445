"""P06: whatever keeps state is selected by the plan of its region, and by no other environment's."""

import re

STATEFUL = {"aws_rds_cluster", "aws_dynamodb_table"}
STATELESS = {
    "aws_rds_cluster_instance": "its cluster keeps the state",
    "aws_rds_cluster_parameter_group": "settings",
    "aws_rds_global_cluster": "its members keep the state",
    "aws_sqs_queue": "AWS Backup knows no queues; events can be replayed from the archive",
}
KEEPS_STATE = re.compile(r"aws_(rds|db|dynamodb|efs|ebs|fsx|neptune|docdb|redshift|s3|sqs|timestream)_")


def test_P06_every_stateful_resource_is_selected(stacks, resources):
    selected = set()
    for code in ("use1", "usw2"):
        (tag,) = stacks[code].only("aws_backup_selection")["selection_tag"]
        assert tag["type"] == "STRINGEQUALS"
        assert tag["value"] == "payments-backup-test", "another environment would be selected too"
        selected.add((tag["key"], tag["value"]))
    ((key, value),) = selected
    stateful = [resource for resource in resources if resource.type in STATEFUL]
    assert [str(one) for one in stateful if one.body.get("tags", {}).get(key) != value] == []
    assert {one.type for one in stateful} == STATEFUL


def test_P06_replicas_carry_the_tag_of_their_table(resources):
    replicas = [one for r in resources if r.type == "aws_dynamodb_table" for one in r.body["replica"]]
    assert replicas
    assert all(replica["propagate_tags"] for replica in replicas)


def test_P06_no_kind_of_state_is_overlooked(resources):
    kinds = {r.type for r in resources if KEEPS_STATE.match(r.type)}
    settings = {"aws_db_subnet_group"}
    assert kinds - STATEFUL - settings <= STATELESS.keys()
