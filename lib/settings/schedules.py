"""Schedule expressions as EventBridge and AWS Backup read them. Pure.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import re
from dataclasses import dataclass

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
RATE = re.compile(r"rate\(([1-9][0-9]*) (minute|hour|day)(s?)\)")
CRON = re.compile(r"cron\(([^()]*)\)")
SAYS = "cron(minutes hours day-of-month month day-of-week year) with one day as ?, or rate(5 minutes)"


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()
    special: str = ""
    """Endings and forms beyond numbers that this field alone takes."""

    def takes(self, text: str) -> bool:
        return all(self._takes_one(part) for part in text.split(","))

    def _takes_one(self, part: str) -> bool:
        if part == "*" or (self.special and re.fullmatch(self.special, part)):
            return True
        start, slash, step = part.partition("/")
        if slash and not re.fullmatch(r"[1-9][0-9]*", step):
            return False
        if start == "*":
            return True
        ends = [self._number(one) for one in start.split("-")]
        return len(ends) <= 2 and None not in ends  # noqa: PLR2004 - a range has two ends

    def _number(self, text: str) -> int | None:
        if text.upper() in self.words:
            return self.words.index(text.upper()) + self.least
        return (
            int(text)
            if text.isascii() and text.isdecimal() and self.least <= int(text) <= self.most
            else None
        )


FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day-of-month", 1, 31, special=r"\?|L|LW|([1-9]|[12][0-9]|3[01])W"),
    _Field("month", 1, 12, MONTHS),
    _Field("day-of-week", 1, 7, DAYS, special=r"\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])"),
    _Field("year", 1970, 2199),
)


def require(expression: str) -> str:
    """*expression* itself. Raises ValueError, which says what is wrong, when AWS does not take it."""
    if rate := RATE.fullmatch(expression):
        if (rate[1] == "1") == (rate[3] == "s"):
            raise ValueError(f"rate(1 {rate[2]}) is singular and every other rate plural")
        return expression
    if not (cron := CRON.fullmatch(expression)):
        raise ValueError(f"AWS takes {SAYS}")
    parts = cron[1].split()
    if len(parts) != len(FIELDS):
        raise ValueError(f"{len(parts)} fields, AWS takes six: {SAYS}")
    for field, part in zip(FIELDS, parts, strict=True):
        if not field.takes(part):
            raise ValueError(f"{part} is no {field.name}: AWS takes {SAYS}")
    if (parts[2] == "?") == (parts[4] == "?"):
        raise ValueError(f"exactly one of day-of-month and day-of-week must be ?: AWS takes {SAYS}")
    return expression
