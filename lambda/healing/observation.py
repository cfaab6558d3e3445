"""What is known when something is decided. None is always: it could not be seen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One instance of the database."""

    id: str
    status: str
    writes: bool

    @property
    def available(self) -> bool:
        """Whether RDS says that it works."""
        return self.status in {"available", "backing-up", "configuring-enhanced-monitoring"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSeen:
    """The database as RDS describes it."""

    status: str
    members: tuple[Member, ...]
    failed_over_lately: bool

    @property
    def writer(self) -> Member | None:
        """The instance that RDS calls the writer."""
        return next((one for one in self.members if one.writes), None)

    @property
    def readers(self) -> tuple[Member, ...]:
        """The instances that could become the writer."""
        return tuple(one for one in self.members if not one.writes and one.available)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSeen:
    """One service as ECS describes it."""

    name: str
    desired: int
    running: int
    deploying: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Everything that a verdict may rest on."""

    cluster: ClusterSeen | None
    services: tuple[ServiceSeen, ...] | None
    database_impaired: bool | None
    """Whether the composite alarm of the database rings."""
    visitors_fail: bool | None
    """Whether an alarm of what visitors notice rings."""
    wanted: bool
    """Whether a person asked for a failover."""
