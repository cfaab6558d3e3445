"""What a check is, and how it is run: it reads a value through `Aws` and judges that without asking again."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from dr.doctor.aws import Aws, Unanswered
from dr.rules import Verdict
from lib.settings.common import CommonSettings

V = TypeVar("V")
S = TypeVar("S", bound=CommonSettings)
AT_ONCE = 8


class Scope(StrEnum):
    """Where a check is made."""

    REGION = "region"
    """In each region of the system."""
    ACCOUNT = "account"
    """Once, from any region."""
    WHOLE = "whole"
    """Once, where all regions answer, and IAM and Route 53, which are homed in us-east-1."""


@dataclass(frozen=True, slots=True)
class Patient(Generic[S]):
    """What is examined: settings, account and one region of it."""

    aws: Aws
    settings: S
    region: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[V, S]):
    """One thing that must be there before the first deploy.

    *judge* returns the problems that it sees in what *read* returned. *fix* may use `{region}`.
    """

    code: str
    asks: str
    settings: tuple[str, ...]
    """Keys of the settings file that it looks after."""
    fix: str
    read: Callable[[Patient[S]], V]
    judge: Callable[[S, V], Iterable[str]]
    scope: Scope = Scope.REGION
    of: tuple[type[CommonSettings], ...] = (CommonSettings,)
    """Settings of the systems that need it."""

    def concerns(self, settings: CommonSettings) -> bool:
        """Whether the system of *settings* needs it."""
        return isinstance(settings, self.of)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check's verdict in one place."""

    code: str
    place: str
    """A region, or ``account`` for what is asked once."""
    verdict: Verdict
    asks: str
    problems: tuple[str, ...]
    fix: str


def examine(
    checks: Sequence[Check[V, S]], aws: Aws, settings: S, account: str, alone: str | None = None
) -> list[CheckResult]:
    """The findings of all checks that concern the system, in their order and region by region.

    With a region *alone* only what that region says while the other one is down: `askable` of the checks.
    """
    regions = [alone] if alone else [region.name for region in settings.regions]
    asked = [
        (check, place)
        for check in (askable(checks) if alone else checks)
        if check.concerns(settings)
        for place in (regions if check.scope is Scope.REGION else [Scope.ACCOUNT.value])
    ]

    def answer(one: tuple[Check[V, S], str]) -> CheckResult:
        check, place = one
        region = place if check.scope is Scope.REGION else alone or settings.home.name
        return _finding(check, Patient(aws, settings, region, account), place)

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return list(pool.map(answer, asked))


def askable(checks: Iterable[Check[V, S]]) -> list[Check[V, S]]:
    """The checks that need one region only."""
    return [check for check in checks if check.scope is not Scope.WHOLE]


def _finding(check: Check[V, S], patient: Patient[S], place: str) -> CheckResult:
    try:
        problems = tuple(check.judge(patient.settings, check.read(patient)))
    except Unanswered as error:
        return CheckResult(check.code, place, Verdict.UNKNOWN, check.asks, (str(error),), error.fix)
    verdict = Verdict.FAIL if problems else Verdict.PASS
    fix = check.fix.replace("{region}", patient.region)
    return CheckResult(check.code, place, verdict, check.asks, problems, fix)
