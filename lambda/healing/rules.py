"""What the healing may do, and by which rule. The codes are a contract with logs, runbooks and tests."""

from dataclasses import dataclass
from enum import StrEnum


class Remedy(StrEnum):
    """What is done."""

    WATCH = "watch"
    """Nothing: it is well, or what helps is under way."""
    PAGE = "page"
    """Call a person."""
    ASK = "ask"
    """Ask a person whether to fail over."""
    FAIL_OVER = "fail_over"
    """Make the reader the writer."""


class HealingRule(StrEnum):
    """Why. docs/runbooks/single-region-healing.md has a line for each."""

    DATABASE_UNKNOWN = "H10_database_unknown"
    NO_WRITER_NAMED = "H11_no_writer_named"
    CHANGING = "H20_changing"
    DID_NOT_HELP = "H21_did_not_help"
    NO_READER = "H22_no_reader"
    WRITER_LOST = "H30_writer_lost"
    WRITER_BUSY = "H31_writer_busy"
    SERVICES_UNKNOWN = "H40_services_unknown"
    DEPLOYING = "H41_deploying"
    TASKS_MISSING = "H42_tasks_missing"
    VISITORS_FAIL = "H43_visitors_fail"
    WELL = "H90_well"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do, by which rule, and why in words."""

    remedy: Remedy
    rule: HealingRule
    reason: str
    writer: str = ""
    """The instance that a failover is to leave: an approval counts for this one only."""
