"""What AWS offers, read from `config/facts/aws.toml`: settings are checked against it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path

CONFIG = Path(__file__).resolve().parent.parent / "config"


@dataclass(frozen=True, slots=True)
class Facts:
    """Offers of AWS that no schema of Terraform knows."""

    regions: frozenset[str]
    strong_consistency_sets: tuple[frozenset[str], ...]
    engine_versions: Mapping[str, tuple[str, ...]]
    """Of Aurora, by the name of the engine."""
    older_engine_versions: tuple[str, ...]
    """Of aurora-postgresql, of majors before those of `engine_versions`."""
    instance_classes: tuple[str, ...]
    postgres_versions: tuple[str, ...]
    """Of RDS for PostgreSQL, which is not Aurora."""
    postgres_classes: tuple[str, ...]
    log_retention_days: tuple[int, ...]
    runtimes: frozenset[str]
    """Of Lambda, as long as it maintains them."""
    canary_runtimes: tuple[str, ...]
    """Of Synthetics, those that have the module our canary asks for."""
    undelegated: tuple[str, ...]
    """Endings of names that no public zone can have."""
    vpc_blocks: tuple[IPv4Network, ...]
    zones: Mapping[str, int]
    """Availability zones by region."""
    balancer_log_accounts: Mapping[str, str]
    """By region, where it is old: AWS's account that writes access logs of load balancers."""
    health_metrics_region: str
    """The one region where Route 53 publishes what its health checks see."""


@cache
def aws_facts() -> Facts:
    """The facts this repository was released with."""
    document = tomllib.loads((CONFIG / "facts" / "aws.toml").read_text())
    return Facts(
        regions=frozenset(document["regions"]),
        strong_consistency_sets=tuple(map(frozenset, document["strong_consistency_sets"])),
        engine_versions={
            f"aurora-{engine}": tuple(document[f"aurora_{engine}"]["creatable"])
            for engine in ("postgresql", "mysql")
        },
        instance_classes=tuple(document["global_database"]["instance_classes"]),
        older_engine_versions=tuple(document["aurora_postgresql"]["older"]),
        postgres_versions=tuple(document["rds_postgresql"]["creatable"]),
        postgres_classes=tuple(document["rds_postgresql"]["instance_classes"]),
        log_retention_days=tuple(document["log_retention_days"]),
        runtimes=frozenset(document["lambda"]["runtimes"]),
        canary_runtimes=tuple(document["canary"]["runtimes"]),
        undelegated=tuple(document["undelegated"]),
        vpc_blocks=tuple(map(IPv4Network, document["vpc_blocks"])),
        zones=document["zones"],
        balancer_log_accounts=document["balancer_log_accounts"],
        health_metrics_region=document["health_metrics_region"],
    )
