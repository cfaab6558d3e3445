"""The answers to requests that are not served: RFC 9457 problem details."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from intake.errors import IntakeError

RETRY_AFTER_S = 1


class Problem(Enum):
    """The kinds of problem a client can meet; the value is status and title."""

    MALFORMED = (HTTPStatus.BAD_REQUEST, "The request cannot be read")
    INVALID = (HTTPStatus.BAD_REQUEST, "The request is not valid")
    UNIDENTIFIED = (HTTPStatus.UNAUTHORIZED, "Nobody knows who asks")
    NOT_FOUND = (HTTPStatus.NOT_FOUND, "There is nothing here")
    TOO_LARGE = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large")
    NOT_JSON = (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json")
    NOT_UTF8 = (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be in UTF-8")
    ENCODED = (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body must not be compressed or encoded")
    KEY_REUSED = (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The idempotency key belongs to another request",
    )
    INTERNAL = (HTTPStatus.INTERNAL_SERVER_ERROR, "The request failed here")
    UNAVAILABLE = (HTTPStatus.SERVICE_UNAVAILABLE, "This region cannot take the request now")

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status of this kind."""
        return self.value[0]

    @property
    def title(self) -> str:
        """One sentence that is the same for every occurrence."""
        return self.value[1]

    def uri(self, system: str) -> str:
        """What a client's code compares: the type of the problem, among those of that system."""
        return f"urn:{system}:problem:{self.name.lower().replace('_', '-')}"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, without the value that was sent."""

    field: str
    message: str


class Refused(IntakeError):
    """The request is answered with a problem document.

    Args:
        problem: its kind.
        detail: what is wrong with this request, in words for its sender.
        errors: one entry a wrong field.
    """

    def __init__(self, problem: Problem, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail
        self.errors = tuple(errors)


class HeldElsewhere(Refused):
    """Another region acknowledges now, under a lease that is ACTIVE and has not expired.

    Args:
        holder: that region.
        detail: what the client reads if the request is not passed on.
    """

    def __init__(self, holder: str, detail: str) -> None:
        super().__init__(Problem.UNAVAILABLE, detail)
        self.holder = holder


class InTransit(Refused):
    """The lease is being handed over as planned: in a moment some region acknowledges again."""

    def __init__(self, reason: str) -> None:
        super().__init__(Problem.UNAVAILABLE, repeat_unchanged(reason))


def unavailable(reason: str) -> Refused:
    """The refusal of a request that did no harm and may come again."""
    return Refused(Problem.UNAVAILABLE, repeat_unchanged(reason))


def repeat_unchanged(reason: str) -> str:
    """What a client is told that may send the request again, under its key."""
    return f"Repeat the request unchanged: {reason}."
