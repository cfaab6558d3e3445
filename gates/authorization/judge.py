"""Statements that AWS would take and that would not do what they say."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gates.authorization.globs import overlap, same_arn
from gates.authorization.reference import Action, actions
from gates.authorization.samples import Sample, concerned, lacking, samples
from gates.findings import Finding
from gates.policies import HOME, concrete, documents
from gates.synthesis import Document

OF_A_ROLE = (".aws_iam_role_policy.policy", ".aws_iam_policy.policy")
"""What says whose rights they are; all other documents belong to the resource that they speak about."""
NOT_EVERYWHERE = ("aws:resourcetag/", "aws:requesttag/", "aws:tagkeys")
"""Global keys that are filled in for some actions only."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: which actions it names, on what, under which keys."""

    effect: str
    patterns: tuple[str, ...]
    resources: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def actions(self) -> tuple[Action, ...]:
        """All that AWS knows of them."""
        return tuple(found for pattern in self.patterns for found in actions(pattern))


def judge(stacks: Mapping[str, Document], known: Sequence[Sample] | None = None) -> list[Finding]:
    """What the reference, or a sample policy of AWS, says against any document of any stack."""
    known = samples() if known is None else known
    found, idle = [], list(known)
    for where, written in documents(stacks):
        document = json.loads(concrete(written, _region(stacks[where.partition(".")[0]]))[0])
        told = list(complaints(statements(document), of_a_role=where.endswith(OF_A_ROLE)))
        regions = _regions(stacks, where.partition(".")[0])
        for sample in (one for one in known if concerned(one, where)):
            idle = [one for one in idle if one is not sample]
            told += [("sample", text) for text in lacking(sample, document, regions)]
        found += [Finding(rule, where, text) for rule, text in told]
    return [*found, *(Finding("sample", one.where, f"{one.of}: is for no document") for one in idle)]


def _region(stack: Document) -> str:
    """Where the resources of *stack* are that name no other place."""
    providers = stack.get("provider", {}).get("aws", [])
    return str(providers[0]["region"]) if providers else HOME


def _regions(stacks: Mapping[str, Document], stack: str) -> set[str]:
    """Where the system of *stack* is: its stacks have the same name up to the colon."""
    system = stack.partition(":")[0]
    return {_region(document) for name, document in stacks.items() if name.partition(":")[0] == system}


def statements(document: Mapping[str, Any]) -> list[Statement]:
    """The statements of an IAM document."""
    return [
        Statement(
            one["Effect"],
            _texts(one.get("Action", one.get("NotAction", ()))),
            _texts(one.get("Resource", "*")),
            tuple(key for keys in one.get("Condition", {}).values() for key in keys),
        )
        for one in document["Statement"]
    ]


def complaints(written: list[Statement], *, of_a_role: bool) -> Iterator[tuple[str, str]]:
    """Rule and text of everything that is wrong with the statements of one document."""
    for statement in written:
        yield from _unknown(statement)
        yield from _keys(statement)
        if of_a_role and statement.effect == "Allow":
            yield from _resources(statement)
    if of_a_role:
        yield from _incomplete([one for one in written if one.effect == "Allow"])


def _unknown(statement: Statement) -> Iterator[tuple[str, str]]:
    for pattern in statement.patterns:
        if pattern != "*" and not any(actions(pattern)):
            yield "unknown-action", f"AWS knows no {pattern}"


def _keys(statement: Statement) -> Iterator[tuple[str, str]]:
    if statement.effect == "Deny":
        return
    for action in statement.actions:
        for key in map(str.lower, statement.keys):
            anywhere = key.startswith("aws:") and not key.startswith(NOT_EVERYWHERE)
            if not anywhere and not any(overlap(known.lower(), key) for known in action.keys):
                yield "idle-key", f"{action.name} has no {key}: the statement never counts for it"


def _resources(statement: Statement) -> Iterator[tuple[str, str]]:
    named = [one for one in statement.resources if one != "*"]
    for resource in named:
        if not any(action.takes(resource) for action in statement.actions):
            yield "idle-resource", f"{resource}: none of {', '.join(statement.patterns)} takes it"
    for action in statement.actions if named and "*" not in statement.resources else ():
        if not any(action.takes(resource) for resource in named):
            kinds = ", ".join(kind.name for kind in action.kinds) or "nothing but *"
            yield "idle-action", f"{action.name} takes {kinds}, and the statement names none"


def _incomplete(allowed: list[Statement]) -> Iterator[tuple[str, str]]:
    """Required resources that no statement names, and actions that others need beside them."""
    everything = {action.name: action for one in allowed for action in one.actions}
    for name, action in everything.items():
        on = {place for one in allowed if action in one.actions for place in one.resources}
        for kind in action.kinds if "*" not in on else ():
            if kind.required and not any(same_arn(kind.arn, place) for place in on):
                yield f"missing-{kind.name}", f"{name} needs {kind.arn} as well"
        for need in sorted(action.needs - everything.keys()):
            yield f"may-need {need}", f"{name} says so"


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
