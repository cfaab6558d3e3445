"""The environment of a process, read once, whole and typed. Nothing else reads os.environ."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


class BadEnvironment(RuntimeError):
    """A required environment variable is missing or malformed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What a function is told about where it runs and what it works on. Durations in seconds."""

    system: str
    region: str
    parameter_prefix: str
    lease_table: str
    journal_table: str
    arrivals_table: str
    sessions_table: str
    lease_ttl_s: int
    tick_s: int
    clock_skew_s: int
    keeper_lifetime_s: int
    transition_limit_s: int
    early_acceptance: str
    """What is accepted before the writer is there, as JSON: see `durable.early_acceptance.EarlyLimits`."""
    authorization: str
    """How clients of the API prove who they are: `jwt` or `none`; empty where an API has no such setting."""

    @classmethod
    def from_env(cls, source: Mapping[str, str] = os.environ) -> Self:
        """Read every key.

        Raises:
            BadEnvironment: a key is missing, empty or not a positive number where one is needed.
        """
        return cls(
            system=text(source, "SYSTEM"),
            region=text(source, "AWS_REGION"),
            parameter_prefix=text(source, "PARAMETER_PREFIX"),
            lease_table=text(source, "LEASE_TABLE"),
            journal_table=text(source, "JOURNAL_TABLE"),
            arrivals_table=text(source, "ARRIVALS_TABLE"),
            sessions_table=text(source, "SESSIONS_TABLE"),
            lease_ttl_s=_seconds(source, "LEASE_TTL_SECONDS"),
            tick_s=_seconds(source, "TICK_SECONDS"),
            clock_skew_s=_seconds(source, "CLOCK_SKEW_SECONDS"),
            keeper_lifetime_s=_seconds(source, "KEEPER_LIFETIME_SECONDS"),
            transition_limit_s=_seconds(source, "TRANSITION_LIMIT_SECONDS"),
            early_acceptance=source.get("EARLY_ACCEPTANCE", "").strip(),
            authorization=source.get("AUTHORIZATION", "").strip(),
        )


def region(source: Mapping[str, str] = os.environ) -> str:
    """The region that this process runs in, as AWS_REGION tells it.

    Raises:
        BadEnvironment: it is missing or empty.
    """
    return text(source, "AWS_REGION")


def text(source: Mapping[str, str], key: str) -> str:
    """A value that must be there.

    Raises:
        BadEnvironment: it is missing or empty.
    """
    value = source.get(key, "").strip()
    if not value:
        raise BadEnvironment(f"environment variable {key} is missing or empty")
    return value


def _seconds(source: Mapping[str, str], key: str) -> int:
    value = text(source, key)
    if not (value.isascii() and value.isdecimal() and int(value) > 0):
        raise BadEnvironment(f"environment variable {key} must be whole seconds > 0, got {value!r}")
    return int(value)
