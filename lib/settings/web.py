"""The sections of what stands before a web application, and of what mends it."""

from typing import Annotated, Literal

from pydantic import Field

from lib.settings.section import Seconds, Section

ACTIONS = "actions"
"""The table in which remediation keeps what it did."""


class WebAcl(Section):
    """The firewall of web requests in front of the balancer."""

    enabled: bool
    requests_in_five_minutes: Annotated[int, Field(ge=10, le=2_000_000_000)]
    """What one address may send; more is refused."""


class RemediationSettings(Section):
    """What the remediation function may do by itself."""

    mode: Literal["on", "dry-run", "off"]
    may_promote: bool
    """Whether it may promote the replica when both copies of the writer are lost. What had not reached the
    replica is lost then."""
    most_lag_s: Seconds
    """How far the replica may have been behind for that."""
