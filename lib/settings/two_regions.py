"""The settings of a system in two regions."""

from typing import ClassVar, Self

from pydantic import model_validator

from lib.facts import aws_facts
from lib.pair import Pair
from lib.regions import Region, Role
from lib.settings.approvals import Approvals
from lib.settings.common import CommonSettings
from lib.settings.compliance import ComplianceSettings
from lib.settings.data import Backup, Database, Trail
from lib.settings.drills import Drills
from lib.settings.early_acceptance import EarlyAcceptance
from lib.settings.messaging import Events
from lib.settings.network import EndpointNetwork, Placement
from lib.settings.observability import RecoveryAlarms
from lib.settings.recovery import Protocol
from lib.settings.section import RegionName
from lib.settings.timing import Limits


class TwoRegionSettings(CommonSettings):
    """A system that survives the loss of a region: its lease is held in one, and taken over by the other."""

    REQUESTS: ClassVar[str] = "requests"
    """What clients send, in the words of the system."""

    primary: Placement
    standby: Placement
    witness: RegionName
    protocol: Protocol
    network: EndpointNetwork
    alarms: RecoveryAlarms
    database: Database
    backup: Backup
    compliance: ComplianceSettings
    events: Events
    drills: Drills = Drills()
    approvals: Approvals
    early_acceptance: EarlyAcceptance = EarlyAcceptance()
    trail: Trail | None = None
    """None for a system that keeps its records in tables and log groups only."""

    @property
    def regions(self) -> Pair[Region]:
        """Both regions with their placement, in an order that no swap of roles changes."""
        placed = (
            Region(self.primary.name, Role.PRIMARY, self.primary.cidr),
            Region(self.standby.name, Role.STANDBY, self.standby.cidr),
        )
        return Pair(*sorted(placed, key=lambda region: region.name))

    @property
    def home(self) -> Region:
        """The primary region."""
        (home,) = [region for region in self.regions if region.name == self.primary.name]
        return home

    @property
    def places(self) -> frozenset[str]:
        """Both regions and the witness."""
        return frozenset({self.primary.name, self.standby.name, self.witness})

    @property
    def secrets(self) -> tuple[str, ...]:
        """That of the database, and that of an API's own client."""
        return (self.database.secret, *((self.api.key_secret,) if self.api else ()))

    @property
    def limits(self) -> Limits:
        """How long the parts of a recovery may take."""
        return Limits.of(self.objectives, self.protocol)

    @model_validator(mode="after")
    def _regions_differ(self) -> Self:
        if self.primary.name == self.standby.name:
            raise ValueError(f"standby.name = {self.standby.name}: is the primary region too; choose another")
        if self.witness in (self.primary.name, self.standby.name):
            raise ValueError(f"witness = {self.witness}: holds data already; choose a third region")
        if self.primary.cidr.overlaps(self.standby.cidr):
            raise ValueError(
                f"standby.cidr = {self.standby.cidr}: overlaps primary.cidr = {self.primary.cidr}, "
                "so the networks could never be peered; choose disjoint blocks"
            )
        return self

    @model_validator(mode="after")
    def _tables_can_be_strongly_consistent(self) -> Self:
        asked = {self.primary.name, self.standby.name, self.witness}
        sets = aws_facts().strong_consistency_sets
        if not any(asked <= offered for offered in sets):
            offered = " or ".join(", ".join(sorted(one)) for one in sets)
            raise ValueError(
                f"witness = {self.witness}: cannot vote with {self.primary.name} and {self.standby.name}; "
                f"a strongly consistent table takes three regions of one set: {offered}"
            )
        return self

    @model_validator(mode="after")
    def _early_requests_are_safe_in_the_journal(self) -> Self:
        if self.early_acceptance.requests and self.approvals.journal != "trusted":
            raise ValueError(
                f"early_acceptance.requests = {self.early_acceptance.requests}: needs approvals.journal = "
                '"trusted"; a journal that is not strongly consistent may lose what was accepted'
            )
        return self

    @model_validator(mode="after")
    def _an_experiment_can_be_stopped(self) -> Self:
        self.drills.must_be_stoppable_in(self.primary.name)
        return self
