"""The sections of a system's settings, each checked on its own."""

import re
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from lib import offered
from lib.facts import aws_facts
from lib.limits import limit

Seconds = Annotated[int, Field(gt=0)]
KEEPER_EVERY_S = 60
"""The schedule of the keeper."""
LOST_STARTS = 2
"""So many starts of the keeper in a row may be missed: the one before outlives them."""
KEEPER_END_S = 20
"""What its function has left when a keeper's life is over; `failover.keeper.LAST_TICK_S` is the same."""


def _constraint(text: str) -> str:
    if not re.fullmatch(r"(~> )?[56](\.\d+){1,2}", text):
        raise ValueError("the stacks are written for provider 6 or 5; use for example 6.25.0 or 5.100.0")
    return text


LowerCase = Annotated[str, Field(pattern=r"^[^A-Z]*$")]
"""PostgreSQL folds what is not quoted to lower case, so nothing else is found again."""
SecretName = Annotated[str, AfterValidator(limit("secret_name").require)]
RegionName = Annotated[str, AfterValidator(offered.region)]
Cidr = Annotated[IPv4Network, AfterValidator(offered.vpc_block)]


class Section(BaseModel):
    """A part of the settings: frozen, and unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Placement(Section):
    """A region and the address block of its network."""

    name: RegionName
    cidr: Cidr


class Objectives(Section):
    """What the business asked for, in seconds."""

    rto_s: Seconds
    rpo_s: Seconds


class Protocol(Section):
    """The time constants of the lease, in seconds."""

    lease_ttl_s: Seconds
    tick_s: Seconds
    clock_skew_s: Seconds
    keeper_lifetime_s: Annotated[int, Field(le=600)]
    """So long a keeper ticks: although two of its starts are missed, the next one is there before."""
    failback_soak_s: Seconds
    """How long the other region must have served before a failback may be asked for."""

    @model_validator(mode="after")
    def _a_lost_tick_costs_no_lease(self) -> Self:
        needed = 2 * self.tick_s + self.clock_skew_s
        if self.lease_ttl_s <= needed:
            raise ValueError(
                f"protocol.lease_ttl_s = {self.lease_ttl_s}: does not outlive one lost tick; "
                f"set it above {needed} (2 x tick_s + clock_skew_s)"
            )
        return self

    @model_validator(mode="after")
    def _a_lost_start_costs_no_lease(self) -> Self:
        needed = (1 + LOST_STARTS) * KEEPER_EVERY_S + self.tick_s
        if self.keeper_lifetime_s < needed:
            raise ValueError(
                f"protocol.keeper_lifetime_s = {self.keeper_lifetime_s}: does not outlive {LOST_STARTS} "
                f"missed starts; set it to {needed} or more ({1 + LOST_STARTS} x {KEEPER_EVERY_S} + tick_s)"
            )
        return self

    @property
    def keeper_timeout_s(self) -> int:
        """The timeout of the keeper's function."""
        return self.keeper_lifetime_s + KEEPER_END_S


class Dns(Section):
    """The public name and how fast it leaves a sick region."""

    domain: Annotated[str, AfterValidator(limit("dns_name").require)]
    zone: Literal["own", "existing"] = "own"
    """``own``: a zone for this environment is created; ``existing``: that of `domain` is there already."""
    delegated: bool = False
    """Whether the world resolves the zone. Only then can a certificate be had, and so a name of our own."""
    ttl_s: Seconds
    health_check_interval_s: Literal[10, 30]
    health_check_threshold: Annotated[int, Field(ge=1, le=10)]

    @model_validator(mode="after")
    def _the_world_can_resolve_it(self) -> Self:
        endings = tuple(f".{one}" for one in aws_facts().undelegated)
        if self.delegated and self.domain.rstrip(".").endswith(endings):
            raise ValueError(
                f"dns.delegated = true: nobody can delegate {self.domain}, so no certificate can be "
                "had for it; set it to false, or dns.domain to a name that you own"
            )
        return self


class Database(Section):
    """The Aurora global database."""

    engine_version: Annotated[str, AfterValidator(offered.engine_version)]
    instance_class: Annotated[str, AfterValidator(offered.instance_class)]
    name: Annotated[LowerCase, AfterValidator(limit("rds_database").require)]
    username: Annotated[LowerCase, AfterValidator(limit("rds_username").require)]
    secret: SecretName
    backup_retention_days: Annotated[int, Field(ge=1, le=35)]

    @model_validator(mode="before")
    @classmethod
    def _no_backtrack(cls, given: Any) -> Any:
        if isinstance(given, dict) and "backtrack_hours" in given:
            raise ValueError(
                f"database.backtrack_hours = {given['backtrack_hours']}: Aurora offers backtrack neither on "
                "PostgreSQL nor in a global database; remove the key and rewind to a point in time instead: "
                "backup_retention_days >= 3 covers 72 hours"
            )
        return given


class Functions(Section):
    """What all functions share."""

    runtime: Annotated[str, AfterValidator(offered.runtime)]
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Network(Section):
    """The shape of each region's VPC."""

    zones: Annotated[int, Field(ge=2, le=6)]
    nat_per_zone: bool
    interface_endpoints: bool = False
    """Whether functions reach AWS APIs inside the VPC. Costs more than it saves, and NAT stays needed."""


class Provider(Section):
    """The version constraint of Terraform's AWS provider."""

    aws: Annotated[str, AfterValidator(_constraint)]

    @property
    def exact(self) -> bool:
        """Whether one version is named, and no range: a range takes what is newest at every fresh init."""
        return self.aws[0].isdecimal() and self.aws.count(".") == 2  # noqa: PLR2004 - major.minor.patch

    @property
    def major(self) -> int:
        """``~> 6.25`` -> 6."""
        return int(self.aws.rpartition(" ")[2].partition(".")[0])


class Budget(Section):
    """Objectives that cannot be met and that the business lives with, each with its reason."""

    accepted: dict[str, Annotated[str, Field(min_length=20)]] = {}


class RemoteState(Section):
    """The existing bucket that keeps Terraform's state."""

    bucket: Annotated[str, AfterValidator(limit("s3_bucket").require)]
    region: RegionName
