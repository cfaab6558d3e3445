"""The settings that only the single-region system has."""

from typing import Annotated

from pydantic import Field

from lib.settings.containers import Containers
from lib.settings.data import AuroraCluster, TieredFiles, ZonalBackups
from lib.settings.messaging import Events
from lib.settings.observability import Alarms, CanarySettings
from lib.settings.one_region import OneRegionSettings
from lib.settings.section import SecretName, Section
from lib.settings.web import WebAcl

Percent = Annotated[int, Field(gt=0, le=100)]
Positive = Annotated[int, Field(gt=0)]


class SingleRegionAlarms(Alarms):
    """When somebody is called."""

    cpu_percent: Percent
    """What scaling does not bring down any more."""
    latency_ms: Positive
    """The 99th percentile of all answers."""
    errors_a_minute: Positive
    database_cpu_percent: Percent
    database_connections: Positive
    """Aurora's own limit follows from the memory of the instance class."""
    database_free_memory_mb: Positive
    commit_latency_ms: Positive
    replica_lag_ms: Positive
    """How far the reader may be behind; Aurora needs less than 100 as a rule."""


class Audit(Section):
    """CloudTrail."""

    trail: bool = True
    """Whether to create a trail: a region of an account has five at most, and may have one for all."""


class HealingSettings(Section):
    """The machine that fails the database over and watches the services."""

    approval_s: Annotated[int, Field(ge=60, le=3600)]
    """How long a person may take to approve; an answer after that counts for nothing."""


class SingleRegionSettings(OneRegionSettings):
    """The single-region system in one environment."""

    database: AuroraCluster
    containers: Containers
    web_acl: WebAcl
    files: TieredFiles
    events: Events
    backup: ZonalBackups
    healing: HealingSettings
    audit: Audit = Audit()
    canary: CanarySettings
    secret: SecretName
    """Name of the existing entry of Secrets Manager with ``session_keys`` and ``users``."""
    secret_version: Positive = 1
    """To be raised when that entry has changed: tasks read a copy of it in Parameter Store."""
    alarms: SingleRegionAlarms

    @property
    def scheme(self) -> str:
        """What visitors use: there is a certificate where the world resolves the zone."""
        return "https" if self.dns.delegated else "http"

    @property
    def secrets(self) -> tuple[str, ...]:
        """That of the database, and that of the applications."""
        return (self.database.secret, self.secret)
