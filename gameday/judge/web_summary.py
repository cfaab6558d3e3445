"""summary.json of a drill of a system that people visit. Fields are only ever added within a version."""

from typing import Literal

from pydantic import Field

from gameday.judge.summary import Check, Host, Objectives, Part, Terraform, Verdict


class Served(Part):
    """When visitors were served again, in seconds after the fault; null: did not happen."""

    restored_s: float | None
    """From then on nobody failed any more, and the application answered."""
    answered_s: float | None
    """The same of those who read, when the page of the other region counts as an answer."""
    written_s: float | None
    """The same of those who write."""
    whole_s: float | None
    """As many instances served as should."""
    rpo_s: float
    """How long before the fault the oldest lost entry was acknowledged; 0 when none is lost."""


class Counts(Part):
    """Visits and entries."""

    visits: int
    failed: int
    """Since the fault, without an answer that a person can use."""
    first: int
    """Visits of the first seconds after the fault."""
    first_failed: int
    later_failed: int
    first_reads: int
    """The same of those who read."""
    first_reads_failed: int
    later_reads_failed: int
    entries: int
    """Entries that somebody was told to have written."""
    lost: int
    """Those of them that are not there in the end."""


class WebSummary(Part):
    """The whole outcome. Write it with `by_alias=True`."""

    schema_version: Literal["1"] = Field(default="1", alias="schema")
    system: Literal["webapp", "single-region"] = "webapp"
    run: str
    scenario: str
    title: str
    cloud: Literal["local"] = "local"
    fault_at: str
    """ISO 8601, UTC."""
    time_scale: float
    rate: float
    valid: bool
    invalid_reasons: tuple[str, ...]
    objectives: Objectives
    measured: Served
    counts: Counts
    waits: dict[str, float]
    """What the settings make everybody wait for; it is inside the measured times."""
    declared_aws: tuple[str, ...]
    """What only AWS can show, in words with their sources; in no measured time."""
    actions: tuple[str, ...]
    """What remediation did, and to what."""
    terraform: Terraform
    versions: dict[str, str]
    host: Host
    checks: tuple[Check, ...]
    verdict: Verdict
