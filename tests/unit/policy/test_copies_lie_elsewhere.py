"""P02 P05 P06 P10: what is there for the loss of a region lies in the other, watched in the right unit."""

from collections.abc import Iterator

import pytest

from tests.unit.injected import Stacks, broken

PLACES = {"use1": "us-east-1", "usw2": "us-west-2"}
TABLE, PLAN, BUS = "aws_dynamodb_table", "aws_backup_plan", "aws_cloudwatch_event_bus"
ALARM = "aws_cloudwatch_metric_alarm"
LAG = "AuroraGlobalDBReplicationLag"
A_SECOND_MS = 1000


def of_tables(stacks: Stacks) -> Iterator[str]:
    for table in stacks["foundation"].all(TABLE):
        if [replica["region_name"] for replica in table.get("replica", [])] != ["us-west-2"]:
            yield f"{table['name']} has no replica in the other region"
        strong = "STRONG" in {replica.get("consistency_mode") for replica in table.get("replica", [])}
        stream = table.get("stream_view_type") if table.get("stream_enabled") else None
        if not strong and stream != "NEW_AND_OLD_IMAGES":
            yield f"{table['name']}: replication needs its stream, and the plan does not say so"
        if strong and stream:
            yield f"{table['name']}: the provider gives a strong table its stream in one region only (#48213)"
        if not all(replica.get("point_in_time_recovery") for replica in table.get("replica", [])):
            yield f"{table['name']}: the replica cannot be rewound, whatever the table can"


def of_regions(stacks: Stacks) -> Iterator[str]:
    for code, home in PLACES.items():
        rules = [rule for plan in stacks[code].all(PLAN) for rule in plan["rule"]]
        for copy in (copy for rule in rules for copy in rule["copy_action"]):
            if f":{home}:" in copy["destination_vault_arn"]:
                yield f"{code}: a backup is copied to where it is"
        for alarm in stacks[code].all(ALARM):
            if alarm.get("metric_name") == LAG and alarm["threshold"] < A_SECOND_MS:
                yield f"{code}: a lag of {alarm['threshold']} milliseconds rings always"
    if len({bus["name"] for code in PLACES for bus in stacks[code].all(BUS)}) != 1:
        yield "a global endpoint wants buses of one name"


def of_the_world(stacks: Stacks) -> Iterator[str]:
    """Health alarms stand where Route 53 publishes; whatever else names a region is made in it."""
    for resource in stacks["world"].resources():
        for code in PLACES:
            allowed = {None, f"aws.{code}", "aws.health"}
            if f"-{code}" in resource.address and resource.body.get("provider") not in allowed:
                yield f"{resource} is made in another region than it is for"


def complaints(stacks: Stacks) -> list[str]:
    return [*of_tables(stacks), *of_regions(stacks), *of_the_world(stacks)]


def test_copies_lie_in_the_other_region(stacks):
    assert complaints(stacks) == []


STREAM = {"stream_enabled": True, "stream_view_type": "NEW_AND_OLD_IMAGES"}
REPLICA = {"region_name": "us-west-2", "point_in_time_recovery": True}
HERE = {"destination_vault_arn": "arn:aws:backup:us-west-2:1:backup-vault:x"}


@pytest.mark.parametrize(
    ("code", "type_", "changed"),
    [
        ("foundation", TABLE, {"replica": []}),
        ("foundation", TABLE, {"replica": [REPLICA | {"region_name": "us-east-1"}]}),
        ("foundation", TABLE, {"replica": [REPLICA | {"point_in_time_recovery": False}]}),
        ("foundation", TABLE, {"replica": [REPLICA], "stream_enabled": False}),
        ("foundation", TABLE, {"replica": [REPLICA], **STREAM, "stream_view_type": "KEYS_ONLY"}),
        ("foundation", TABLE, STREAM),
        ("usw2", PLAN, {"rule": [{"copy_action": [HERE]}]}),
        ("usw2", BUS, {"name": "payments-events-west"}),
        ("usw2", ALARM, {"metric_name": LAG, "threshold": 60}),
        ("world", "aws_route", {"provider": "aws.usw2"}),
    ],
    ids=str,
)
def test_a_copy_that_dies_with_its_original_is_found(stacks, code, type_, changed):
    assert complaints(broken(stacks, code, type_, **changed))
