"""Stacks with one thing wrong, to see a rule find it."""

import copy
from typing import Any

from tests.unit.synthesized import Synthesized

Stacks = dict[str, Synthesized]


def broken(stacks: Stacks, stack: str, type_: str, **changed: Any) -> Stacks:
    """*stacks*, where the first resource of *type_* in *stack* is *changed*; None takes an argument away."""
    document = copy.deepcopy(stacks[stack].document)
    body = next(iter(document["resource"][type_].values()))
    for key, value in changed.items():
        body[key] = value
        if value is None:
            del body[key]
    return stacks | {stack: Synthesized(stack, document)}


def without(stacks: Stacks, stack: str, type_: str) -> Stacks:
    """*stacks*, without the resources of *type_* in *stack*."""
    document = copy.deepcopy(stacks[stack].document)
    del document["resource"][type_]
    return stacks | {stack: Synthesized(stack, document)}
