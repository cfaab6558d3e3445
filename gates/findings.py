"""What a judge found, and what is known and explained. Pure.

An allowance is an entry of a TOML list: the rule it allows, where, why, and until when. It fails itself when
it has expired, and when nothing needs it any more, so that no list outlives its reasons.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

LISTS = Path(__file__).with_name("lists")
LEAST_REASON = 20
"""Characters: shorter than this nobody has explained anything."""


class ListError(ValueError):
    """A list of allowances cannot be used; the message names the file, the entry and the fix."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint of one judge."""

    rule: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule} {self.where}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A finding that is known, with the reason why it stays."""

    rule: str
    reason: str
    where: str = "*"
    """A pattern as of file names."""
    until: date | None = None
    """The last day on which it counts; None: as long as something needs it."""

    def covers(self, finding: Finding) -> bool:
        """Whether this is the finding that was explained."""
        return self.rule == finding.rule and fnmatchcase(finding.where, self.where)


def allowances(name: str, *, must_end: bool = False, folder: Path = LISTS) -> list[Allowance]:
    """The list *name*. With *must_end* every entry needs `until`. Raises ListError."""
    path = folder / f"{name}.toml"
    try:
        entries = tomllib.loads(path.read_text()).get("allow", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ListError(f"{path.name}: cannot be read ({error})") from error
    return [_allowance(path.name, entry, must_end=must_end) for entry in entries]


def _allowance(file: str, entry: dict[str, Any], *, must_end: bool) -> Allowance:
    try:
        allowed = Allowance(**entry)
    except TypeError as error:
        raise ListError(f"{file}: {entry}: needs rule and reason, may have where and until") from error
    if len(allowed.reason) < LEAST_REASON:
        raise ListError(f"{file}: {allowed.rule}: {allowed.reason!r} is no reason; write a sentence")
    if must_end and allowed.until is None:
        raise ListError(f"{file}: {allowed.rule}: needs until = YYYY-MM-DD, the day to look at it again")
    return allowed


def unexplained(found: Iterable[Finding], allowed: Iterable[Allowance], *, today: date) -> list[Finding]:
    """What no allowance covers, then every allowance that has expired or that nothing needs."""
    findings, known = list(found), list(allowed)
    fresh = [one for one in known if one.until is None or one.until >= today]
    open_ = [finding for finding in findings if not any(one.covers(finding) for one in fresh)]
    expired = [
        Finding(one.rule, one.where, f"the allowance expired on {one.until}: {one.reason}")
        for one in known
        if one not in fresh
    ]
    idle = [
        Finding(one.rule, one.where, "nothing needs this allowance any more; remove it from its list")
        for one in fresh
        if not any(one.covers(finding) for finding in findings)
    ]
    return [*open_, *expired, *idle]
