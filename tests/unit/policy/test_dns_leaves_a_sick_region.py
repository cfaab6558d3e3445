"""P04: names lead away from a region that does not serve, by themselves and within two minutes."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.unit.injected import Stacks, broken, without
from tests.unit.synthesized import Body

LEAVES_WITHIN_S = 120
"""Health check threshold x interval + TTL; what Route 53 adds of its own stands in `dr budget`."""
RECORD, CHECK, ID = "aws_route53_record", "aws_route53_health_check", "health_check_id"
ALIAS_TTL_S = 60


def of_records(records: list[Body]) -> Iterator[str]:
    routing = Counter(record.get("failover_routing_policy", {}).get("type") for record in records)
    if routing != {"PRIMARY": 1, "SECONDARY": 1}:
        yield f"one record of each kind, not {routing}"
    # what an alias evaluates by itself is its service, not ours
    yield from ("a record without a check of its own" for one in records if CHECK not in one.get(ID, ""))
    for key in (ID, "set_identifier"):
        if len({record.get(key) for record in records}) != len(records):
            yield f"two records of one {key}"


def of_checks(checks: list[Body]) -> Iterator[str]:
    for check in checks:
        if check["type"] != "HTTPS" or not check["resource_path"].startswith("/health/"):
            yield "a health check that does not ask the service"
        if not check.get("enable_sni"):
            yield "API Gateway answers only to whom names it"
        if check.get("disabled") or check.get("invert_healthcheck"):
            yield "a health check that cannot fail"


def complaints(stacks: Stacks) -> list[str]:
    records, checks = stacks["world"].all(RECORD), stacks["world"].all(CHECK)
    slowest = max(check["failure_threshold"] * check["request_interval"] for check in checks)
    waits = [slowest + record.get("ttl", ALIAS_TTL_S) for record in records]
    late = [f"leaves after {waited} s" for waited in waits if waited > LEAVES_WITHIN_S]
    return [*late, *of_records(records), *of_checks(checks)]


def test_P04_dns_leaves_a_sick_region_in_time(stacks):
    assert complaints(stacks) == []


@pytest.mark.parametrize(
    ("type_", "changed"),
    [
        (CHECK, {"failure_threshold": 10}),
        (CHECK, {"request_interval": 30}),
        (CHECK, {"type": "TCP"}),
        (CHECK, {"resource_path": "/"}),
        (CHECK, {"enable_sni": False}),
        (CHECK, {"disabled": True}),
        (CHECK, {"invert_healthcheck": True}),
        (RECORD, {"ttl": 300}),
        (RECORD, {"health_check_id": None}),
        (RECORD, {"set_identifier": "us-west-2"}),
        (RECORD, {"failover_routing_policy": {"type": "SECONDARY"}}),
        (RECORD, {"failover_routing_policy": None, "weighted_routing_policy": {"weight": 1}}),
    ],
    ids=str,
)
def test_what_would_keep_dns_in_a_sick_region_is_found(stacks, type_, changed):
    assert complaints(broken(stacks, "world", type_, **changed))


def test_a_name_without_any_record_is_found(stacks):
    assert complaints(without(stacks, "world", RECORD))
