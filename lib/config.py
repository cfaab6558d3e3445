"""Settings: the one place where files, environment and context become typed values."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, ValidationError, model_validator

from lib import offered, settings_file
from lib.approval_section import Approvals
from lib.care_sections import Backup, Compliance, Drills, Events
from lib.errors import SettingsError
from lib.facts import CONFIG, aws_facts
from lib.lifecycle import Lifecycle, Profile
from lib.operations import Access, Alarms, Api, Logs, Tracing
from lib.pair import Pair
from lib.regions import Region, Role
from lib.sections import (
    Budget,
    Database,
    Dns,
    Functions,
    Network,
    Objectives,
    Placement,
    Protocol,
    Provider,
    RegionName,
    RemoteState,
    Section,
)
from lib.timing import Limits

LABEL_LIMIT = 16
"""Longest system and longest suffix: with both, every name stays within the 64 characters of an IAM role."""


def _label(text: str) -> str:
    if len(text) > LABEL_LIMIT or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        raise ValueError(
            f"it becomes part of every name; use 1 to {LABEL_LIMIT} lower-case letters and digits, with "
            "single hyphens between them, for example dev or pr-42"
        )
    return text


Label = Annotated[str, AfterValidator(_label)]


class Settings(Section):
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


def load(
    environment: Mapping[str, str] = os.environ,
    *,
    context_suffix: str | None = None,
    folder: Path = CONFIG,
) -> Settings:
    """The settings of the system and environment that *environment* asks for.

    SYSTEM picks the file (default ``payments``). ENVIRONMENT_SUFFIX, or else *context_suffix*, names the
    environment (default ``dev``). AWS_PROVIDER_VERSION overrides the provider's constraint, TOKEN_ISSUER the
    issuer of access tokens, LIFECYCLE_PROFILE the profile. TERRAFORM_STATE_BUCKET and
    TERRAFORM_STATE_BUCKET_REGION put Terraform's state into a bucket. PRIMARY_REGION swaps the roles of both
    regions if it names the standby.

    Raises SettingsError with one readable line a mistake: the key, the value and the fix.
    """
    path = folder / f"{environment.get('SYSTEM') or 'payments'}.toml"
    document = settings_file.read(path)
    document["environment_suffix"] = environment.get("ENVIRONMENT_SUFFIX") or context_suffix or "dev"
    if version := environment.get("AWS_PROVIDER_VERSION"):
        document["provider"] = {"aws": version}
    if issuer := environment.get("TOKEN_ISSUER"):
        document = settings_file.with_issuer(document, issuer)
    if profile := environment.get("LIFECYCLE_PROFILE"):
        document["profile"] = profile
    if bucket := environment.get("TERRAFORM_STATE_BUCKET"):
        region = environment.get("TERRAFORM_STATE_BUCKET_REGION", "")
        document["state"] = {"bucket": bucket, "region": region}
    if primary := environment.get("PRIMARY_REGION"):
        document = settings_file.with_primary(document, primary)
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        raise SettingsError("\n".join(settings_file.explain(path, error))) from error
