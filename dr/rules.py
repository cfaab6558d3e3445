"""What must be true before an operator acts: numbered rules over facts. Pure; unknown is never good.

The same rules answer `dr check` and gate every command, so that what a check shows green is what a
command accepts. The codes are stable: runbooks name them.
"""

from dataclasses import dataclass
from enum import StrEnum

from dr import conditions as are
from dr.conditions import Condition
from dr.situation import Situation


class Verdict(StrEnum):
    """What is known about a rule."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """What the operator wants to do."""

    CHECK = "check"
    SWITCHOVER = "switchover"
    FAILBACK = "failback"
    FAILOVER = "failover"


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition, and what mends it."""

    code: str
    asks: str
    fix: str
    purposes: frozenset[Purpose]
    test: Condition


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's verdict on a situation."""

    code: str
    verdict: Verdict
    asks: str
    fix: str


def judge(purpose: Purpose, situation: Situation, target: str) -> list[Finding]:
    """The verdicts of all rules for this purpose, in order."""
    return [
        Finding(rule.code, _verdict(rule.test(situation, target)), rule.asks, rule.fix)
        for rule in RULES
        if purpose in rule.purposes
    ]


def refusals(findings: list[Finding]) -> list[Finding]:
    """The findings that forbid the command."""
    return [finding for finding in findings if finding.verdict is not Verdict.PASS]


def _verdict(answer: bool | None) -> Verdict:  # noqa: FBT001 - a verdict is made of it
    if answer is None:
        return Verdict.UNKNOWN
    return Verdict.PASS if answer else Verdict.FAIL


CHECK, FAILOVER = frozenset({Purpose.CHECK}), frozenset({Purpose.FAILOVER})
FAILBACK = frozenset({Purpose.FAILBACK})
PLANNED = FAILBACK | {Purpose.SWITCHOVER}

RULES = (
    Rule(
        "P10",
        "every region reads the lease",
        "see whether DynamoDB answers there",
        CHECK | PLANNED,
        are.lease_readable,
    ),
    Rule(
        "P12",
        "there is a lease",
        "wait for the first keeper: dr status",
        CHECK | PLANNED | FAILOVER,
        are.lease_known,
    ),
    Rule("P15", "the target is the home region", "to go elsewhere: dr switchover", FAILBACK, are.home),
    Rule(
        "P20",
        "another region holds the lease",
        "the target serves already: dr status",
        PLANNED | FAILOVER,
        are.held_elsewhere,
    ),
    Rule(
        "P23",
        "the lease has not run out",
        "nobody acknowledges by it: see the keeper's rule in its log; the holder is lost: dr failover",
        CHECK,
        are.lease_runs,
    ),
    Rule(
        "P24",
        "no region but the holder is ready",
        "one of them is wrong: see the clocks (P65), then dr pause and the log of its readiness",
        CHECK | PLANNED,
        are.only_holder_ready,
    ),
    Rule(
        "P25",
        "the holder is ACTIVE and ready",
        "if it is lost: dr failover; if it stays held: dr retry",
        CHECK | PLANNED,
        are.holder_serves,
    ),
    Rule(
        "P26",
        "the holder's journal answers, and its ledger has the fence of this epoch",
        "see whether DynamoDB answers there; a fence that is gone: dr reset-lease",
        CHECK,
        are.holder_fenced,
    ),
    Rule(
        "P27",
        "the holder's function answers, and its database is the writer",
        "see the alarms of that region",
        CHECK,
        are.holder_is_writer,
    ),
    Rule(
        "P28",
        "the lease expired and nobody renews it",
        "the holder lives: dr switchover",
        FAILOVER,
        are.expired,
    ),
    Rule(
        "P29",
        "the lease ends when a lease can",
        "a clock is wrong: see P65; then dr reset-lease, or dr failover when the holder is lost",
        CHECK | PLANNED,
        are.expiry_believed,
    ),
    Rule(
        "P30",
        "the target's API is live",
        "see the alarms of that region",
        CHECK | PLANNED | FAILOVER,
        are.target_live,
    ),
    Rule(
        "P40",
        "the target's database is a replica",
        "let it rejoin the global database",
        CHECK | PLANNED,
        are.of_target(are.replica),
    ),
    Rule(
        "P42",
        "the target's database answers",
        "without it nothing can be promoted there",
        FAILOVER,
        are.of_target(are.answers),
    ),
    Rule(
        "P45",
        "Aurora's writer is with the holder and stays there",
        "wait until Aurora is available",
        CHECK | PLANNED,
        are.writer_with_holder,
    ),
    Rule(
        "P47",
        "every region's cluster runs the same engine version",
        "upgrade the older one: no failover between unequal versions",
        CHECK | PLANNED,
        are.same_engine,
    ),
    Rule(
        "P50",
        "every settled request is replicated within 30 s",
        "see AuroraGlobalDBReplicationLag",
        CHECK | PLANNED,
        are.of_gap(lambda gap: gap.overdue == 0),
    ),
    Rule(
        "P52",
        "the target's copy has the fence of this epoch",
        "replication does not flow: see P50",
        CHECK | PLANNED,
        are.fence_replicated,
    ),
    Rule(
        "P55",
        "the journal answers in the target, so no request is lost",
        "see whether DynamoDB answers",
        FAILOVER,
        are.of_gap(lambda gap: gap.compared >= 0),
    ),
    Rule(
        "P57",
        "a forced failover would wait for nobody's approval",
        "dr plan failover says what is over the loss budget",
        CHECK,
        are.within_loss_budget,
    ),
    Rule("P60", "every region runs the same code", "deploy every stack", CHECK | PLANNED, are.same_code),
    Rule(
        "P65",
        "clocks agree within half the protocol's skew",
        "see the time service, here and there",
        CHECK | PLANNED,
        are.clocks_agree,
    ),
    Rule("P70", "no failover waits for its acknowledgement", "dr ack", CHECK | FAILBACK, are.acknowledged),
    Rule("P75", "automation runs", "dr resume", CHECK, are.automation),
    Rule(
        "P80",
        "no request is only accepted",
        "dr reconcile",
        CHECK | FAILBACK,
        are.of_gap(lambda gap: gap.intents == 0),
    ),
    Rule(
        "P82",
        "no request waits for a person to look at it",
        "dr reconcile --dry-run names them; docs/runbooks/set-aside.md",
        CHECK,
        are.of_gap(lambda gap: not gap.set_aside),
    ),
    Rule("P90", "the present holder has served long enough", "wait, or choose --soak", FAILBACK, are.soaked),
)
