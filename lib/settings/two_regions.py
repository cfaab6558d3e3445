"""The settings of a system in two regions."""

from collections.abc import Mapping
from typing import Self

from pydantic import model_validator

from lib.facts import aws_facts
from lib.pair import Pair
from lib.regions import Region, Role
from lib.settings import offered
from lib.settings.access import Access
from lib.settings.api import Api
from lib.settings.approvals import Approvals
from lib.settings.compliance import Compliance
from lib.settings.compute import Functions
from lib.settings.data import Backup, Database
from lib.settings.drills import Drills
from lib.settings.label import Label
from lib.settings.lifecycle import Lifecycle, Profile
from lib.settings.messaging import Events
from lib.settings.network import Dns, Network, Placement
from lib.settings.observability import Alarms, Logs, Tracing
from lib.settings.provider import Provider, RemoteState
from lib.settings.recovery import Budget, Objectives, Protocol
from lib.settings.section import RegionName, Section
from lib.settings.timing import Limits


class TwoRegionSettings(Section):
    """One system in one environment."""

    system: Label
    environment_suffix: Label
    primary: Placement
    standby: Placement
    witness: RegionName
    objectives: Objectives
    protocol: Protocol
    dns: Dns
    database: Database
    functions: Functions
    network: Network
    logs: Logs
    api: Api
    alarms: Alarms
    tracing: Tracing
    access: Access = Access()
    profile: Profile = Profile.EPHEMERAL
    events: Events
    backup: Backup
    compliance: Compliance
    drills: Drills = Drills()
    approvals: Approvals
    provider: Provider
    budget: Budget = Budget()
    state: RemoteState | None = None

    @property
    def regions(self) -> Pair[Region]:
        """Both regions with their placement, in an order that no swap of roles changes."""
        placed = (
            Region(self.primary.name, Role.PRIMARY, self.primary.cidr),
            Region(self.standby.name, Role.STANDBY, self.standby.cidr),
        )
        return Pair(*sorted(placed, key=lambda region: region.name))

    def name(self, what: str, region: Region | None = None) -> str:
        """The physical name of *what*, the same in both regions: ``payments-keeper-dev``.

        With *region*, for what AWS names globally: ``payments-keeper-use1-dev``.
        """
        code = [region.code] if region else []
        return "-".join([self.system, what, *code, self.environment_suffix])

    @property
    def lifecycle(self) -> Lifecycle:
        """What removal finds in its way."""
        return Lifecycle.of(self.profile)

    @property
    def limits(self) -> Limits:
        """How long the parts of a recovery may take."""
        return Limits.of(self.objectives, self.protocol)

    @property
    def parameter_prefix(self) -> str:
        """The path below which both regions keep their parameters, without a trailing slash."""
        return f"/{self.system}-{self.environment_suffix}"

    @property
    def zone_name(self) -> str:
        """The hosted zone of this environment."""
        return f"{self.environment_suffix}.{self.dns.domain}"

    @property
    def api_name(self) -> str:
        """The name that follows the writer."""
        return f"pay.{self.zone_name}"

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
    def _aws_takes_every_name(self) -> Self:
        offered.names(self._names(), system=self.system, suffix=self.environment_suffix)
        offered.zones(self.network.zones, [region.name for region in self.regions])
        return self

    def _names(self) -> Mapping[str, str]:
        """The names that AWS is strict about, by the rule that each obeys."""
        region = max(self.regions, key=lambda one: len(one.code))
        return {
            "rds_identifier": self.name("ledger-0", region),
            "ec2_group_name": self.name("functions"),
            "iam_name": self.name("reconciliation", region),
            "ssm_parameter": f"{self.parameter_prefix}/failover/state-machine",
            "ssm_document": self.name("drill"),
            "s3_bucket": f"{self.name('config', region)}-{'0' * 12}",
            "event_source": f"{self.system}.operations",
            "event_bus": self.name("events"),
            "dns_name": self.api_name,
            **({"acm_name": self.api_name} if self.dns.delegated else {}),
        }

    @model_validator(mode="after")
    def _a_protected_environment_runs_one_version(self) -> Self:
        if self.lifecycle.protected and not self.provider.exact:
            raise ValueError(
                f"provider.aws = {self.provider.aws}: takes what is newest at every fresh init; a protected "
                "environment names one version, for example 6.25.0"
            )
        return self

    @model_validator(mode="after")
    def _an_experiment_can_be_stopped(self) -> Self:
        self.drills.must_be_stoppable_in(self.primary.name)
        return self
