"""How `dr` calls AWS: impatiently, in one region, with errors that an operator can act on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from dr import racing
from dr.errors import DrError
from dr.exits import Exit
from dr.reasons.answers import NOT_LOGGED_IN, error_code
from dr.reasons.configuration import misconfigured
from dr.reasons.kinds import CANNOT_TELL, NO_OTHER_REGION_HELPS, Kind, Reason
from dr.reasons.why import reason
from dr.waiting import NotInTime, bounded

__all__ = ["PATIENT", "AwsUnavailable", "NoAccess", "ask", "client", "error_code", "refusal", "understood"]

TIMEOUT_S = 3.0
CALL_S = 4.0
"""No call of an API takes longer, however many addresses its name has and however slowly they answer."""
FUNCTION_S = 30.0
"""A function that starts cold and counts every request takes longer than an API."""
IMPATIENT = Config(connect_timeout=TIMEOUT_S, read_timeout=TIMEOUT_S, retries={"total_max_attempts": 1})
PATIENT = IMPATIENT.merge(Config(read_timeout=FUNCTION_S))
PATIENT_S = TIMEOUT_S + FUNCTION_S

T = TypeVar("T")
_making = threading.Lock()
"""Making a client is not safe in two threads: boto3's default session is one for all."""


class AwsUnavailable(DrError):
    """A region does not answer, its function failed, or what it said cannot be understood."""

    kind = Kind.OTHER

    @property
    def code(self) -> Exit:  # type: ignore[override]  # follows from the kind
        """Unknown when the call may have been carried out all the same."""
        return Exit.UNKNOWN if self.kind in CANNOT_TELL else Exit.FAILED


class NoAccess(DrError):
    """AWS would answer, but not to these credentials or about this environment: no other region helps."""

    kind = Kind.NO_CREDENTIALS


def client(service: str, region: str, config: Config = IMPATIENT) -> Any:
    """A client of one region's service. Raises NoAccess."""
    racing.install()
    try:
        with _making:
            return boto3.client(service, region_name=region, config=config)  # type: ignore[call-overload]
    except (BotoCoreError, ValueError) as error:
        why = reason(error) if isinstance(error, NOT_LOGGED_IN) else misconfigured(error)
        raise _no_access(why) from error


def ask(region: str, call: Callable[[], T], *, within_s: float | None = None) -> T:
    """What *call* returns. Raises NoAccess, AwsUnavailable."""
    try:
        return bounded(f"AWS in {region}", call, within_s=within_s or CALL_S)
    except (BotoCoreError, ClientError, ResponseParserError, NotInTime) as error:
        why = reason(error)
        if why.kind in NO_OTHER_REGION_HELPS:
            raise _no_access(why) from error
        raise AwsUnavailable(f"{region}: {why.says}", kind=why.kind) from error


@contextmanager
def understood(region: str, what: str) -> Iterator[None]:
    """Reading an answer that may be of older or newer code, or of another service. Raises AwsUnavailable."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        text = f"{type(error).__name__}: {error}"
        raise AwsUnavailable(
            f"{region}: {what} is not understood ({text}): is another version deployed there? dr check",
            kind=Kind.NOT_UNDERSTOOD,
        ) from error


def refusal(error: BaseException | None) -> NoAccess | None:
    """What to raise when *error* says that the credentials, or the clock, lead nowhere; None otherwise."""
    why = reason(error) if error else None
    return _no_access(why) if why and why.kind in NO_OTHER_REGION_HELPS else None


def _no_access(why: Reason) -> NoAccess:
    return NoAccess(why.says, kind=why.kind)
