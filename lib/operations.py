"""The sections of a system's settings that operators turn: logs, limits, alarms, traces, access."""

from typing import Annotated

from pydantic import AfterValidator, Field

from lib import offered
from lib.authorization_section import Authorization
from lib.limits import limit
from lib.sections import Seconds, SecretName, Section

Days = Annotated[int, AfterValidator(offered.log_days)]
AUDIT_DAYS = 365
"""PCI DSS 4.0, 10.5.1: twelve months, the last three of them at hand."""
API_TIMEOUT_S = 10
"""How long the function behind the API may take; so long a request holds one of the account's executions."""


class Logs(Section):
    """How long logs are kept, by what they are for."""

    retention_days: Days
    """What programs say."""
    audit_retention_days: Annotated[Days, Field(ge=AUDIT_DAYS)]
    """Who called, who connected, what was decided."""


class Api(Section):
    """What one region's API takes, and where its key comes from."""

    rate_limit: Annotated[int, Field(gt=0)]
    """Requests a second."""
    burst_limit: Annotated[int, Field(gt=0)]
    """Requests at once."""
    key_secret: SecretName
    """Name of the existing entry of Secrets Manager: the secret of the system's own client at the issuer."""
    authorization: Authorization


class Alarms(Section):
    """When somebody is called."""

    replication_lag_s: Seconds
    api_latency_ms: Annotated[int, Field(gt=0)]
    """The 99th percentile of all answers."""
    api_errors_a_minute: Annotated[int, Field(gt=0)]
    email: Annotated[str, AfterValidator(limit("email").require)] | None = None
    """Who gets a letter; without it the topics are there and wait for a subscriber."""


class Tracing(Section):
    """Which share of the requests X-Ray follows."""

    fixed_rate: Annotated[float, Field(ge=0, le=1)]
    reservoir: Annotated[int, Field(ge=0)]


class Access(Section):
    """What the organisation says about roles."""

    permissions_boundary: Annotated[str, Field(pattern=r"^[\w+=,.@/-]+$")] | None = None
    """Name of the existing policy that no role may exceed."""
