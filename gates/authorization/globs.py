"""Texts with wildcards, as IAM has them. Pure."""

import re
from functools import cache

VARIABLE = re.compile(r"\$\{[^}]*\}")


def glob(arn: str) -> str:
    """An ARN of the reference, or a key with a variable, with ``*`` for each variable."""
    return VARIABLE.sub("*", arn)


@cache
def overlap(one: str, other: str) -> bool:
    """Whether some text fits both patterns; ``*`` is any text and ``?`` any character, on either side."""
    if not one or not other:
        return not (one or other).strip("*")
    if one[0] == "*":
        return overlap(one[1:], other) or overlap(one, other[1:])
    if other[0] == "*":
        return overlap(one, other[1:]) or overlap(one[1:], other)
    return (one[0] == other[0] or "?" in (one[0], other[0])) and overlap(one[1:], other[1:])


def same_arn(reference: str, written: str) -> bool:
    """Whether the ARN *written* in a policy can be of the kind that the *reference* tells."""
    kind, mine = glob(reference).split(":", 5), written.split(":", 5)
    if len(mine) < len(kind):
        return written == "*"
    return all(overlap(one, other) for one, other in zip(kind, mine, strict=True))
