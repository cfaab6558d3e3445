"""What AWS offers, as validators of settings: each returns what it was given, or says what to choose."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network

from lib.facts import aws_facts
from lib.limits import limit

SUBNET_BITS = 4
"""A VPC is cut into 16 equal blocks: a zone takes one for its private and one for its public subnet."""

SMALLEST_NETWORK = 20
"""A /20 gives each zone a /24 for the balancer and one for what is behind it, and a /27 for databases."""


def region(name: str) -> str:
    """The name of a region that has all that this system needs. Raises ValueError."""
    if name not in aws_facts().regions:
        known = ", ".join(sorted(aws_facts().regions))
        raise ValueError(f"no such region, or it lacks a service this system needs; use one of: {known}")
    return name


def engine_version(engine: str, version: str, *, older: bool = False) -> None:
    """Raise ValueError where Aurora's *engine* cannot be created in *version*, be it of an *older* major."""
    known = aws_facts().engine_versions[engine]
    if version in known or (older and version in aws_facts().older_engine_versions):
        return
    raise ValueError(
        f"database.engine_version = {version!r}: {engine} cannot be created in this version (deprecated or "
        f"never offered); use one of: {', '.join(known)}"
    )


def vpc_block(block: IPv4Network) -> IPv4Network:
    """A block that a VPC takes and that can be cut into subnets. Raises ValueError."""
    allowed = any(block.subnet_of(one) for one in aws_facts().vpc_blocks)
    if not (allowed and 16 <= block.prefixlen <= 28 - SUBNET_BITS):  # noqa: PLR2004 - limits of VPC
        raise ValueError(
            f"a VPC needs a private block between /16 and /{28 - SUBNET_BITS} within one of "
            f"{', '.join(map(str, aws_facts().vpc_blocks))}, for example 10.10.0.0/16"
        )
    return block


def three_tiers(key: str, block: IPv4Network) -> None:
    """Raise ValueError where the *block* of the setting *key* has no room for three tiers of subnets."""
    if block.prefixlen > SMALLEST_NETWORK:
        raise ValueError(
            f"{key} = {block}: three tiers of subnets need a /{SMALLEST_NETWORK} or "
            "a larger block, for example 10.0.0.0/16"
        )


def instance_class(class_: str) -> str:
    """A class of instances that a global database takes. Raises ValueError."""
    if class_ not in (known := aws_facts().instance_classes):
        families = sorted({one.rpartition(".")[0] for one in known})
        raise ValueError(
            "a global database does not take this class, or it is not known to be offered; use one of "
            f"{', '.join(families)}, for example db.r5.large"
        )
    return class_


def postgres_version(version: str) -> str:
    """A version of RDS for PostgreSQL that can still be created. Raises ValueError."""
    if version not in (known := aws_facts().postgres_versions):
        raise ValueError(f"postgres cannot be created in this version; use one of: {', '.join(known)}")
    return version


def postgres_class(class_: str) -> str:
    """A class of instances of RDS for PostgreSQL. Raises ValueError."""
    if class_ not in (known := aws_facts().postgres_classes):
        raise ValueError(f"it is not known to be offered; use one of: {', '.join(known)}")
    return class_


def runtime(runtime: str) -> str:
    """A runtime that Lambda maintains. Raises ValueError."""
    if runtime not in (known := aws_facts().runtimes):
        raise ValueError(f"Lambda does not maintain it, or not yet; use one of: {', '.join(sorted(known))}")
    return runtime


def canary_runtime(runtime: str) -> str:
    """A runtime of Synthetics with which a canary can be created. Raises ValueError."""
    if runtime not in (known := aws_facts().canary_runtimes):
        raise ValueError(
            "no canary can be created with it (deprecated or never offered), or it has no module "
            f"@aws/synthetics-puppeteer; use one of: {', '.join(known)}"
        )
    return runtime


def log_days(days: int) -> int:
    """How long CloudWatch Logs may keep something. Raises ValueError."""
    if days not in (known := aws_facts().log_retention_days):
        raise ValueError(f"CloudWatch Logs keeps for one of {', '.join(map(str, known))} days")
    return days


def zones(asked: int, regions: Iterable[str]) -> None:
    """Raise ValueError where a region has fewer zones than *asked*: subnets would share one."""
    for name in regions:
        if asked > (known := aws_facts().zones[name]):
            raise ValueError(
                f"network.zones = {asked}: {name} offers {known}, and two subnets would share a zone; "
                f"set it to {known} or fewer"
            )


def names(derived: Mapping[str, str], *, system: str, suffix: str) -> None:
    """Raise ValueError where AWS does not take a name that is *derived* from system and suffix."""
    for rule, name in derived.items():
        if not limit(rule).accepts(name):
            raise ValueError(
                f"system = {system}, environment_suffix = {suffix}: {name} cannot be created, AWS takes "
                f"{limit(rule).says}; choose a system that begins with a letter and with no word that AWS "
                "keeps for itself, and a shorter dns.domain where a name is too long"
            )
