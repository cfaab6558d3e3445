"""What holds state and what an update of it may not lower, read from `config/facts/state.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from lib.facts import CONFIG


class GuardRule(StrEnum):
    """Why. The codes are a contract with logs and runbooks."""

    DESTROY = "G10_destroy"
    REPLACE = "G20_replace"
    FORGET = "G30_forget"
    LEAVE_GLOBAL = "G40_leave_global_cluster"
    PROMOTE = "G50_promote"
    DROP_REPLICA = "G60_drop_replica"
    RECREATE_REPLICA = "G62_recreate_replica"
    DROP_WITNESS = "G64_drop_witness"
    STOP_REPLICATING = "G66_stop_replicating"
    STOP_FAILING_OVER = "G68_stop_failing_over"
    DISABLE_KEY = "G70_disable_key"
    OTHER_KEY = "G72_other_key"
    LOCK_OUT = "G74_lock_out"
    UNPROTECT = "G75_unprotect"
    LESS_REACH = "G80_less_reach"
    EXPIRE = "G85_expire"


class Keep(StrEnum):
    """How an argument is kept; the facts say what each word means."""

    ON = "on"
    OFF = "off"
    SAME = "same"
    FIXED = "fixed"
    UNSET = "unset"
    MORE = "more"
    ENDLESS = "endless"
    EXPIRES = "expires"
    ITEM = "item"
    ALLOWS = "allows"
    DENIES = "denies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One argument that no update may lower."""

    path: str
    keep: Keep
    rule: GuardRule
    loses: str
    source: str
    """Where the provider or AWS says so."""
    on: Any = True
    nothing: Any = None


@dataclass(frozen=True, slots=True)
class StateKind:
    """A type of resource."""

    gone: str
    """What is lost with it; empty when it may be destroyed."""
    keeps: tuple[Fact, ...]
    of: str = ""
    """The argument that names what a resource of this type changes, where that is another one."""


def kinds() -> Mapping[str, StateKind]:
    """Every type whose changes are judged."""
    return _read()[0]


def stateless() -> Mapping[str, str]:
    """Every other type that the stacks have, and why nothing is lost with it."""
    return _read()[1]


def holds_state(type_: str) -> bool:
    """Whether the loss of such a resource loses data, the way to it or back to it."""
    return type_ in kinds() and bool(kinds()[type_].gone)


@cache
def _read() -> tuple[Mapping[str, StateKind], Mapping[str, str]]:
    document = tomllib.loads((CONFIG / "facts" / "state.toml").read_text())
    reasons = document.pop("stateless")
    return (
        {type_: _kind(table) for type_, table in document.items()},
        {type_: reason for reason, types in reasons.items() for type_ in types},
    )


def _kind(table: Mapping[str, Any]) -> StateKind:
    return StateKind(
        gone=table.get("gone", ""),
        of=table.get("of", ""),
        keeps=tuple(
            Fact(
                path=line["path"],
                keep=Keep(line["keep"]),
                rule=GuardRule(line["rule"]),
                loses=line["loses"],
                source=line.get("source", table["source"]),
                on=line.get("is", True),
                nothing=line.get("nothing"),
            )
            for line in table["keeps"]
        ),
    )
