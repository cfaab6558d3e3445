"""summary.json: the outcome of a drill, for machines. Fields are only ever added within a version."""

from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from gameday.judge.proof_summary import Proof
from gameday.judge.timeline import Moments

Verdict = Literal["met", "missed", "invalid"]


class Part(BaseModel):
    """Some figures of a summary."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Objectives(Part):
    """What the business asked for."""

    rto_s: float
    rpo_s: float
    bia: str = ""
    """Where the business impact analysis is kept that they come from; empty: the settings do not say."""


class Measured(Part):
    """Measured on this machine, in seconds after the fault; null: did not happen."""

    lease_expired_s: float | None
    detected_s: float | None
    writer_promoted_s: float | None
    active_s: float | None
    ready_s: float | None
    dns_moved_s: float | None
    first_ack_s: float | None
    first_accepted_s: float | None = None
    accepted_s: float | None = None
    settled_s: float | None = None
    """All that was accepted was seen in the ledger; looked for once the load had ended."""
    restored_s: float | None
    rpo_s: float

    @classmethod
    def of(cls, seen: Moments, rpo_s: float, settled_s: float | None) -> "Measured":
        """The measured part from what was seen."""
        return cls(
            lease_expired_s=seen.lease_expired_s,
            detected_s=seen.detected_s,
            writer_promoted_s=seen.writer_promoted_s,
            active_s=seen.active_s,
            ready_s=seen.ready_s,
            dns_moved_s=seen.dns_moved_s,
            first_ack_s=seen.first_ack_s,
            first_accepted_s=seen.first_accepted_s,
            accepted_s=seen.accepted_s,
            settled_s=settled_s,
            restored_s=seen.restored_s,
            rpo_s=rpo_s,
        )

    @property
    def takeover_s(self) -> float | None:
        """From the lease taken to the first request settled: promotion, and what orchestration costs."""
        if self.first_ack_s is None or self.detected_s is None:
            return None
        return round(self.first_ack_s - self.detected_s, 3)


class ConfiguredWaits(Part):
    """Waits that the settings ask for; they are inside the measured times."""

    lease_ttl_s: float
    tick_s: float
    clock_skew_s: float
    dns_ttl_s: float
    health_check_interval_s: float
    health_check_threshold: int


class Steady(Part):
    """What moved after the fault; see gameday/judge/steadiness.py."""

    epochs_begun: int
    writer_moves: int
    dns_moves: int
    old_holder_ready: int
    refusals: int
    failed_permille: float
    planned: int = 0
    longest_stall_s: float | None = None
    failed_steps: int = 0
    """Steps of takeovers that failed, were run again, and did their work in the end."""
    loss: str | None = None
    """The rule of failover/loss.py by which the last forced promotion went on; null: there was none."""
    unlatched: int = 0


class Declared(Part):
    """A duration that only AWS can show. It is quoted, and part of no measured time."""

    optimistic_s: float | None
    statement: str
    sources: tuple[str, ...]


class RequestCounts(Part):
    """RequestCounts of what clients had written: of payments, or of orders and their cancellations."""

    attempted: int
    acknowledged: int
    accepted: int
    """Only ever answered with 202."""
    unanswered: int
    """Neither acknowledged nor accepted when the drill ended."""
    lost: int
    accepted_lost: int
    duplicated: int
    mismatched: int
    unbalanced_minor: dict[str, int]
    """Per currency: ledger minus acknowledged, where not zero."""
    acknowledged_while_fenced: int
    reconciled: int
    rescued: int = 0
    """Of the reconciled ones those acknowledged before the fault: nothing but the journal had them."""


class OrderCounts(Part):
    """RequestCounts of orders; see gameday/judge/order_check.py."""

    open: int
    unlisted: int
    undead: int
    taken: int
    denied: int
    entered: int = 0
    """While order entry was halted."""


class CallLine(Part):
    """How often one principal used one action."""

    principal: str
    service: str
    action: str
    count: int


class Calls(Part):
    """AWS calls that functions made between the fault and the restoration."""

    during_recovery: int
    to_dead_region: int
    to_foreign_control_plane: int
    table: tuple[CallLine, ...]


class Terraform(Part):
    """What the deployment was; null where the drill was not told."""

    resources: int | None = None
    apply_s: float | None = None
    second_plan_changes: int | None = None
    plan_changes_after: dict[str, int | None] | None = None
    """Changes by stack that a plan would make after the drill, before anything was healed; null: no plan."""


class Host(Part):
    """The machine from the steady phase until the last request arrived; load and pressure at worst."""

    cores: int
    load_per_core: float
    steal: float
    pressure: float = 0.0


class Answered(Part):
    """A command of `dr` with which an operator only looked; in seconds from its start to its end."""

    command: str
    after_s: float
    """When it was typed, after the fault."""
    seconds: float
    exit_code: int


class Check(Part):
    """One expectation."""

    name: str
    limit: float | None
    """At most; null: no upper limit."""
    measured: float | None
    met: bool
    at_least: float = 0.0

    @classmethod
    def exactly(cls, name: str, count: int, measured: int) -> "Check":
        """No less and no more than *count*."""
        return cls(name=name, at_least=count, limit=count, measured=measured, met=measured == count)

    @classmethod
    def least(cls, name: str, least: float, measured: float) -> "Check":
        """*least* or more."""
        return cls(name=name, at_least=least, limit=None, measured=measured, met=measured >= least)

    @classmethod
    def most(cls, name: str, limit: float, measured: float | None) -> "Check":
        """*limit* or less; what never happened is a miss."""
        met = measured is not None and measured <= limit
        return cls(name=name, limit=limit, measured=measured, met=met)


class Judged(Protocol):
    """What the summaries of all systems have alike."""

    @property
    def run(self) -> str:
        """The run's name."""

    @property
    def scenario(self) -> str:
        """Code of the scenario."""

    @property
    def title(self) -> str:
        """What was done."""

    @property
    def cloud(self) -> str:
        """Where it was done."""

    @property
    def fault_at(self) -> str:
        """ISO 8601, UTC."""

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every expectation."""

    @property
    def invalid_reasons(self) -> tuple[str, ...]:
        """Why the run proves nothing."""

    @property
    def verdict(self) -> Verdict:
        """How it ended."""


class Summary(Part):
    """The whole outcome. Write it with `by_alias=True`."""

    schema_version: Literal["1"] = Field(default="1", alias="schema")
    run: str
    scenario: str
    title: str
    holder_before: str
    holder_after: str
    """Region that had to hold the lease in the end."""
    cloud: Literal["local"] = "local"
    fault_at: str
    """ISO 8601, UTC."""
    time_scale: float
    rate: float
    valid: bool
    invalid_reasons: tuple[str, ...]
    objectives: Objectives
    measured: Measured
    steady: Steady
    configured_waits: ConfiguredWaits
    declared_aws: dict[str, Declared]
    noun: str = "payment"
    """One of what `requests` counts."""
    requests: RequestCounts = Field(validation_alias="payments", serialization_alias="payments")
    """The first system gave its name in the file."""
    orders: OrderCounts | None = None
    """Null where clients cannot cancel anything."""
    proof: Proof | None = None
    """None: a version that did not prove it wrote the summary."""
    calls: Calls
    terraform: Terraform
    versions: dict[str, str]
    host: Host
    answered: tuple[Answered, ...] = ()
    checks: tuple[Check, ...]
    verdict: Verdict
