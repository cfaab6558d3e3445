"""What the settings of every system have, wherever it runs."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar, Self

from pydantic import model_validator

from lib.regions import Region
from lib.settings import offered
from lib.settings.access import Access
from lib.settings.api import Api
from lib.settings.compute import Functions
from lib.settings.data import AuroraCluster, Database, Postgres
from lib.settings.label import Label
from lib.settings.lifecycle import Lifecycle, Profile
from lib.settings.network import Dns, NetworkSettings
from lib.settings.observability import Alarms, Logs, TracingSettings
from lib.settings.provider import Provider, RemoteState
from lib.settings.recovery import BudgetSettings, Objectives
from lib.settings.section import Section


class CommonSettings(Section):
    """One system in one environment. A kind of system says which regions it has."""

    HOST: ClassVar[str] = "www"
    """What the public name begins with."""

    system: Label
    environment_suffix: Label
    objectives: Objectives
    dns: Dns
    functions: Functions
    database: Database | AuroraCluster | Postgres
    network: NetworkSettings
    logs: Logs
    api: Api | None = None
    """None for a system whose clients come through a load balancer."""
    alarms: Alarms
    tracing: TracingSettings
    access: Access = Access()
    profile: Profile = Profile.EPHEMERAL
    provider: Provider
    budget: BudgetSettings = BudgetSettings()
    state: RemoteState | None = None

    @property
    @abstractmethod
    def regions(self) -> Iterable[Region]:
        """Every region that it runs in."""

    @property
    @abstractmethod
    def home(self) -> Region:
        """The region of the first apply, and of what is asked once for the whole account."""

    @property
    def places(self) -> frozenset[str]:
        """Names of all regions that it has anything in, be it a vote or a copy."""
        return frozenset(region.name for region in self.regions)

    @property
    @abstractmethod
    def secrets(self) -> tuple[str, ...]:
        """Names of the existing entries of Secrets Manager, in each of `regions`."""

    def name(self, what: str, region: Region | None = None) -> str:
        """The physical name of *what*, the same in every region: ``<system>-keeper-dev``.

        With *region*, for what AWS names globally: ``<system>-keeper-use1-dev``.
        """
        code = [region.code] if region else []
        return "-".join([self.system, what, *code, self.environment_suffix])

    @property
    def lifecycle(self) -> Lifecycle:
        """What removal finds in its way."""
        return Lifecycle.of(self.profile)

    @property
    def parameter_prefix(self) -> str:
        """The path below which every region keeps its parameters, without a trailing slash."""
        return f"/{self.system}-{self.environment_suffix}"

    @property
    def zone_name(self) -> str:
        """The hosted zone of this environment."""
        return f"{self.environment_suffix}.{self.dns.domain}"

    @property
    def public_name(self) -> str:
        """The name that clients know; in two regions it follows the writer."""
        return f"{self.HOST}.{self.zone_name}"

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
            "dns_name": self.public_name,
            **({"acm_name": self.public_name} if self.dns.delegated else {}),
        }

    @model_validator(mode="after")
    def _a_protected_environment_runs_one_version(self) -> Self:
        if self.lifecycle.protected and not self.provider.exact:
            raise ValueError(
                f"provider.aws = {self.provider.aws}: takes what is newest at every fresh init; a protected "
                "environment names one version, for example 6.25.0"
            )
        return self
