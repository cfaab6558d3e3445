"""What a check is, and how it is run: it reads a value through `Aws` and judges that without asking again."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from dr.doctor.aws import Aws, Unanswered
from dr.rules import Verdict
from lib.settings.two_regions import TwoRegionSettings

V = TypeVar("V")
AT_ONCE = 8


class Scope(StrEnum):
    """Where a check is made."""

    REGION = "region"
    """In each of both regions."""
    ACCOUNT = "account"
    """Once, from any region."""
    WHOLE = "whole"
    """Once, where both regions answer, and IAM and Route 53, which are homed in us-east-1."""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined: settings, account and one region of it."""

    aws: Aws
    settings: TwoRegionSettings
    region: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[V]):
    """One thing that must be there before the first deploy.

    *judge* returns the problems that it sees in what *read* returned. *fix* may use `{region}`.
    """

    code: str
    asks: str
    settings: tuple[str, ...]
    """Keys of the settings file that it looks after."""
    fix: str
    read: Callable[[Patient], V]
    judge: Callable[[TwoRegionSettings, V], Iterable[str]]
    scope: Scope = Scope.REGION


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
    checks: Sequence[Check[V]], aws: Aws, settings: TwoRegionSettings, account: str, alone: str | None = None
) -> list[CheckResult]:
    """The findings of all checks, in their order and region by region.

    With a region *alone* only what that region says while the other one is down: `askable` of the checks.
    """
    regions = [alone] if alone else [region.name for region in settings.regions]
    asked = [
        (check, place)
        for check in (askable(checks) if alone else checks)
        for place in (regions if check.scope is Scope.REGION else [Scope.ACCOUNT.value])
    ]

    def answer(one: tuple[Check[V], str]) -> CheckResult:
        check, place = one
        region = place if check.scope is Scope.REGION else alone or settings.primary.name
        return _finding(check, Patient(aws, settings, region, account), place)

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return list(pool.map(answer, asked))


def askable(checks: Iterable[Check[V]]) -> list[Check[V]]:
    """The checks that need one region only."""
    return [check for check in checks if check.scope is not Scope.WHOLE]


def _finding(check: Check[V], patient: Patient, place: str) -> CheckResult:
    try:
        problems = tuple(check.judge(patient.settings, check.read(patient)))
    except Unanswered as error:
        return CheckResult(check.code, place, Verdict.UNKNOWN, check.asks, (str(error),), error.fix)
    verdict = Verdict.FAIL if problems else Verdict.PASS
    fix = check.fix.replace("{region}", patient.region)
    return CheckResult(check.code, place, verdict, check.asks, problems, fix)
