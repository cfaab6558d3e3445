"""Why AWS or a region did not answer as it should, in words that say what to do. Pure.

Each kind reads differently, because each is mended elsewhere: in a policy, a clock, a resolver, a firewall.
"""

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from dr.reasons.answers import NOT_LOGGED_IN, answered, logged_out
from dr.reasons.configuration import MISCONFIGURED, misconfigured
from dr.reasons.kinds import Kind, Reason
from dr.reasons.network import unanswered


def reason(error: BaseException) -> Reason:
    """Why a call failed, as far as the error or one of its causes tells."""
    for each in _chain(error):
        if found := _of(each):
            return found
    if any(isinstance(each, EndpointConnectionError) for each in _chain(error)):
        return Reason(Kind.UNREACHABLE, _text(error))
    return Reason(Kind.OTHER, _text(error))


def aws_cause(error: BaseException) -> BaseException | None:
    """The error of AWS's library, or of the network, that *error* comes from; None without one."""
    known = (BotoCoreError, ClientError, ResponseParserError)
    return next((each for each in _chain(error) if isinstance(each, known) or _of_a_call(each)), None)


def _of_a_call(error: BaseException) -> bool:
    """Whether the network did it; a pipe is what `dr` writes into."""
    return not isinstance(error, BrokenPipeError) and unanswered(error) is not None


def _of(error: BaseException) -> Reason | None:
    if isinstance(error, NOT_LOGGED_IN):
        return logged_out(error)
    if isinstance(error, MISCONFIGURED):
        return misconfigured(error)
    if isinstance(error, ClientError):
        return answered(error)
    return unanswered(error)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it wraps and what caused it."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop(0)
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        wrapped = getattr(each, "kwargs", {}).get("error") if isinstance(each, BotoCoreError) else None
        waiting += [wrapped, getattr(each, "reason", None), each.__cause__, each.__context__]


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
