"""What AWS would refuse of everything that every system synthesizes, in every variant."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gates.findings import Finding
from gates.requests import model, prose
from gates.requests.filling import Call, request
from gates.requests.terraform import Resource, resources
from gates.requests.types import CALLS, WITHOUT_REQUEST
from gates.requests.variants import synthesize, systems, variants
from gates.synthesis import WORK, Document


def judge(work: Path = WORK) -> list[Finding]:
    """Everything that is refused, with the variants that have it."""
    found: defaultdict[Finding, list[str]] = defaultdict(list)
    for call in {(call.service, call.operation) for calls in CALLS.values() for call in calls}:
        for pattern in model.unspoken(*call):
            found[Finding("pattern", ":".join(call), f"Python cannot say {pattern}")].append("all")
    for system in systems():
        for variant in variants(system):
            for finding in refused(synthesize(system, variant, work / "requests")):
                found[finding].append(variant)
    return [
        Finding(finding.rule, finding.where, f"{finding.text} ({', '.join(shapes)})")
        for finding, shapes in found.items()
    ]


def refused(stacks: Mapping[str, Document]) -> Iterator[Finding]:
    """What AWS would refuse of *stacks*, and whatever nobody can judge."""
    for resource in resources(stacks):
        if resource.type in WITHOUT_REQUEST:
            continue
        if resource.type not in CALLS:
            yield Finding(
                "unmapped", resource.type, "no request is known for it: add it to gates/requests/types"
            )
            continue
        yield from _judge(resource)
        yield from prose.tags(resource, resource.default_tags)


def _judge(resource: Resource) -> Iterator[Finding]:
    for call, sent in sends(resource):
        shape = model.members_of(call.service, call.operation)
        said = [*model.complaints(shape, sent), *prose.complaints(call.service, call.operation, sent)]
        yield from (Finding(f"{call.service}:{call.operation}", resource.where, text) for text in said)


def sends(resource: Resource) -> Iterator[tuple[Call, dict[str, Any]]]:
    """The requests that the provider makes for *resource*."""
    for call in CALLS[resource.type]:
        if call.when(resource.body):
            shape = model.members_of(call.service, call.operation)
            yield call, request(call, shape, resource.body)
