"""The sections of regions, their networks and the public name."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from lib.facts import aws_facts
from lib.limits import limit
from lib.settings.section import Cidr, RegionName, Seconds, Section


class Placement(Section):
    """A region and the address block of its network."""

    name: RegionName
    cidr: Cidr


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


class NetworkSettings(Section):
    """The shape of each region's VPC."""

    zones: Annotated[int, Field(ge=2, le=6)]
    nat_per_zone: bool


class EndpointNetwork(NetworkSettings):
    """The same of a system whose functions live in the VPC."""

    interface_endpoints: bool = False
    """Whether functions reach AWS APIs inside the VPC. Costs more than it saves, and NAT stays needed."""
