"""`python -m gates.cost`: what every system costs a month while nobody uses it, computed from its stacks.

Prices stand in config/facts/prices.toml; nothing is fetched. What is billed by use (storage, requests,
traffic, logs) is in no figure, nor is any discount. Tasks and instances count as many as a deployment starts,
all on demand.
"""

import math
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from rich.console import Console
from rich.table import Table

from gates.requests import variants
from gates.synthesis import WORK, Document
from lib.facts import CONFIG

PROFILES = {"ephemeral": "defaults", "protected": "protected"}
"""By profile, the variant of the settings that has it."""
MINUTES = 60
"""Of an hour."""
_REFERENCE = re.compile(r"\$\{(?P<type>\w+)\.(?P<id>[\w-]+)\.\w+\}")
Resource = Mapping[str, Any]
Lines = Iterator[tuple[str, float]]
"""What costs, and how many dollars a month."""


class NoPrice(LookupError):
    """A resource whose price nobody declared; the message says which, and where it belongs."""


@cache
def prices() -> Mapping[str, Any]:
    """config/facts/prices.toml."""
    return tomllib.loads((CONFIG / "facts" / "prices.toml").read_text())


def a_month(stacks: Mapping[str, Document]) -> dict[str, float]:
    """Dollars a month of all *stacks* by what costs them. Raises NoPrice."""
    total: defaultdict[str, float] = defaultdict(float)
    for document in stacks.values():
        for kind, resources in document.get("resource", {}).items():
            for resource in resources.values():
                for what, dollars in _of(kind, resource, document):
                    total[what] += dollars
    return dict(total)


def _of(kind: str, resource: Resource, document: Document) -> Lines:
    if kind in _PRICED:
        yield from _PRICED[kind](resource, document)
    elif kind not in prices()["by_use"] and not _free(kind):
        raise NoPrice(f"{kind} has no price: add it to config/facts/prices.toml, or to what is free there")


def _free(kind: str) -> bool:
    return any(kind == one or (one.endswith("_") and kind.startswith(one)) for one in prices()["free"])


def _price(section: str, name: str) -> float:
    """Dollars a month, whether they are declared by the hour or by the month."""
    try:
        found = float(prices()[section][name])
    except KeyError:
        raise NoPrice(f"{name} has no price: add it to [{section}] of config/facts/prices.toml") from None
    hourly = section.endswith("_hour") and not name.endswith("_month")
    return found * prices()["hours_a_month"] if hourly else found


def _referred(text: str, document: Document) -> Resource:
    """The resource of the same stack that a reference names."""
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise NoPrice(f"{text} refers to nothing in its stack")
    resource: Resource = document["resource"][found["type"]][found["id"]]
    return resource


def _aurora(resource: Resource, _: Document) -> Lines:
    yield "database instances", _price("aurora_hour", resource["instance_class"])


def _postgres(resource: Resource, _: Document) -> Lines:
    copies = 2 if resource.get("multi_az") else 1
    yield "database instances", copies * _price("rds_postgresql_hour", resource["instance_class"])
    storage = resource.get("allocated_storage", 0)
    yield "database storage", copies * storage * _price("rds_postgresql_hour", "storage_gb_month")


def _tasks(resource: Resource, document: Document) -> Lines:
    task = _referred(resource["task_definition"], document)
    processors = int(task["cpu"]) / 1024 * _price("fargate_hour", "processor")
    memory = int(task["memory"]) / 1024 * _price("fargate_hour", "memory_gb")
    yield "containers", resource["desired_count"] * (processors + memory)


def _group(resource: Resource, document: Document) -> Lines:
    mixed = resource.get("mixed_instances_policy")
    used = mixed["launch_template"]["launch_template_specification"] if mixed else resource["launch_template"]
    template = _referred(used["launch_template_id" if mixed else "id"], document)
    size = resource["desired_capacity"]
    yield "instances", size * _price("instance_hour", template["instance_type"])
    gigabytes = sum(one["ebs"]["volume_size"] for one in template["block_device_mappings"])
    yield "volumes of instances", size * gigabytes * _price("instance_hour", "volume_gb_month")


def _balancer(resource: Resource, _: Document) -> Lines:
    yield "load balancers", _price("network_hour", "load_balancer")
    yield "public addresses", len(resource["subnets"]) * _price("network_hour", "public_address")


def _endpoint(resource: Resource, _: Document) -> Lines:
    if resource["vpc_endpoint_type"] == "Interface":
        yield (
            "interface endpoints",
            len(resource["subnet_ids"]) * _price("network_hour", "interface_endpoint"),
        )


def _health_check(resource: Resource, _: Document) -> Lines:
    options = (resource["type"] == "HTTPS") + (resource["request_interval"] == 10)  # noqa: PLR2004 - seconds
    yield "health checks", _price("month", "health_check") + options * _price("month", "health_check_option")


def _web_acl(resource: Resource, _: Document) -> Lines:
    yield "web ACL", _price("month", "web_acl") + len(resource["rule"]) * _price("month", "web_acl_rule")


def _canary(resource: Resource, _: Document) -> Lines:
    (every,) = re.findall(r"rate\((\d+) minutes?\)", resource["schedule"]["expression"])
    runs = prices()["hours_a_month"] * MINUTES / int(every)
    yield "canary", runs * _price("month", "canary_run")


def _each(what: str, section: str, name: str) -> Callable[[Resource, Document], Lines]:
    """The same price for every resource of a type."""

    def lines(_resource: Resource, _document: Document) -> Lines:
        yield what, _price(section, name)

    return lines


_PRICED: Mapping[str, Callable[[Resource, Document], Lines]] = {
    "aws_autoscaling_group": _group,
    "aws_cloudwatch_composite_alarm": _each("alarms", "month", "composite_alarm"),
    "aws_cloudwatch_dashboard": _each("dashboards", "month", "dashboard"),
    "aws_cloudwatch_metric_alarm": _each("alarms", "month", "alarm"),
    "aws_db_instance": _postgres,
    "aws_ecs_service": _tasks,
    "aws_eip": _each("public addresses", "network_hour", "public_address"),
    "aws_kms_key": _each("keys", "month", "key"),
    "aws_lb": _balancer,
    "aws_nat_gateway": _each("NAT gateways", "network_hour", "nat_gateway"),
    "aws_rds_cluster_instance": _aurora,
    "aws_route53_health_check": _health_check,
    "aws_route53_zone": _each("zones", "month", "zone"),
    "aws_service_discovery_private_dns_namespace": _each("zones", "month", "zone"),
    "aws_synthetics_canary": _canary,
    "aws_vpc_endpoint": _endpoint,
    "aws_wafv2_web_acl": _web_acl,
}


def table() -> Table:
    """Every system in every profile, the dearest part first. Raises NoPrice."""
    shown = Table("system", "profile", "US$ a month", "of which")
    for system in variants.systems():
        for profile, variant in PROFILES.items():
            found = a_month(variants.synthesize(system, variant, WORK / "cost"))
            dearest = sorted(found.items(), key=lambda part: -part[1])
            parts = ", ".join(f"{what} {math.ceil(dollars)}" for what, dollars in dearest)
            shown.add_row(system, profile, f"{math.ceil(sum(found.values()))}", parts)
    return shown


def main() -> None:
    """Print the table."""
    Console(width=150).print(table())


if __name__ == "__main__":
    main()
