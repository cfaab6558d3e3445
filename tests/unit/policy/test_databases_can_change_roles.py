"""P01 B05: either member of the global database can be the writer, and Terraform lets it."""

from collections.abc import Iterator

import pytest

from tests.unit.injected import Stacks, broken, without

CLUSTER, INSTANCE = "aws_rds_cluster", "aws_rds_cluster_instance"
PARAMETERS, CONTAINER = "aws_rds_cluster_parameter_group", "aws_rds_global_cluster"
ALIKE = {
    CLUSTER: ("engine", "engine_version", "backup_retention_period", "port", "global_cluster_identifier"),
    INSTANCE: ("engine", "instance_class", "performance_insights_enabled"),
    PARAMETERS: ("family", "parameter"),
}
CHANGES_HANDS = {"global_cluster_identifier", "replication_source_identifier"}
"""What AWS rewrites when roles change: whoever planned it back would detach or promote a member."""
REFUSED = {
    "backtrack_window": "no backtrack on PostgreSQL, nor in a global database",
    "manage_master_user_password": "not in a global database",
    "replication_source_identifier": "a member joins by the container's name",
    "source_region": "the same",
}
"""What `terraform validate` and `plan` let pass and Aurora refuses."""


def complaints(stacks: Stacks) -> Iterator[str]:
    container = stacks["foundation"].only(CONTAINER)
    if "source_db_cluster_identifier" in container:
        yield "a container that was made of one cluster wants that one as its writer for ever"
    for type_, keys in ALIKE.items():
        members = [[one.get(key) for one in stacks[code].all(type_) for key in keys] for code in PLACES]
        if not members[0] or members[0] != members[1]:
            yield f"{type_}: {members[0]} and {members[1]}: a promoted cluster keeps its own"
    for code in PLACES:
        for cluster in stacks[code].all(CLUSTER):
            yield from (f"{key}: {why}" for key, why in REFUSED.items() if key in cluster)
            if missing := CHANGES_HANDS - set(cluster["lifecycle"]["ignore_changes"]):
                yield f"a plan would undo a failover: {missing}"
            if cluster["engine_version"] != container["engine_version"]:
                yield "roles change between equal versions only"
        if any(one.get("auto_minor_version_upgrade", True) for one in stacks[code].all(INSTANCE)):
            yield "an instance that upgrades by itself"


PLACES = ("use1", "usw2")


def test_B05_either_database_can_be_the_writer(stacks):
    assert list(complaints(stacks)) == []


@pytest.mark.parametrize(
    ("type_", "changed"),
    [
        (CLUSTER, {"backtrack_window": 259200}),
        (CLUSTER, {"manage_master_user_password": True}),
        (CLUSTER, {"replication_source_identifier": "arn"}),
        (CLUSTER, {"engine_version": "16.10"}),
        (CLUSTER, {"backup_retention_period": 1}),
        (CLUSTER, {"lifecycle": {"ignore_changes": ["replication_source_identifier"]}}),
        (CLUSTER, {"lifecycle": {"ignore_changes": ["global_cluster_identifier"]}}),
        (INSTANCE, {"instance_class": "db.t4g.medium"}),
        (INSTANCE, {"auto_minor_version_upgrade": True}),
        (INSTANCE, {"auto_minor_version_upgrade": None}),
        (PARAMETERS, {"parameter": [{"name": "rds.force_ssl", "value": "0"}]}),
    ],
    ids=str,
)
@pytest.mark.parametrize("code", PLACES)
def test_what_would_make_a_role_stick_is_found(stacks, code, type_, changed):
    assert list(complaints(broken(stacks, code, type_, **changed)))


def test_a_region_that_cannot_be_promoted_is_found(stacks):
    """A cluster without an instance replicates, and no tool says that it cannot take over."""
    assert list(complaints(without(stacks, "usw2", INSTANCE)))


def test_a_container_with_a_first_among_equals_is_found(stacks):
    assert list(complaints(broken(stacks, "foundation", CONTAINER, source_db_cluster_identifier="arn")))
