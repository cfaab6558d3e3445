"""Read synthesized stacks the way a reviewer would: by resource type."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.bundle import Bundle
from lib.settings.common import CommonSettings
from tests.unit import synthesis_store

Body = dict[str, Any]

NAME_KEYS = (
    "name",
    "function_name",
    "alarm_name",
    "dashboard_name",
    "group_name",
    "rule_name",
    "cluster_identifier",
    "identifier",
    "bucket",
    "global_cluster_identifier",
    "alias",
)


@dataclass(frozen=True)
class Resource:
    stack: str
    type: str
    address: str
    body: Body

    def __str__(self) -> str:
        return f"{self.stack}: {self.type}.{self.address}"

    @property
    def name(self) -> str | None:
        """What humans know it by: its own name, else its Name tag."""
        own = next((self.body[key] for key in NAME_KEYS if key in self.body), None)
        if self.type == "aws_rds_cluster_instance":
            own = self.body["identifier"]
        return own or self.body.get("tags", {}).get("Name")


@dataclass(frozen=True)
class Synthesized:
    name: str
    document: dict[str, Any]

    def all(self, type_: str) -> list[Body]:
        return list(self.document.get("resource", {}).get(type_, {}).values())

    def only(self, type_: str) -> Body:
        (resource,) = self.all(type_)
        return resource

    def by(self, type_: str, key: str) -> dict[str, Body]:
        return {resource[key]: resource for resource in self.all(type_)}

    def resources(self) -> Iterator[Resource]:
        for type_, found in self.document.get("resource", {}).items():
            for address, body in found.items():
                yield Resource(self.name, type_, address, body)

    @property
    def outputs(self) -> dict[str, Any]:
        return {name: output["value"] for name, output in self.document.get("output", {}).items()}

    @property
    def shape(self) -> dict[str, list[str]]:
        """Types and addresses of all there is."""
        return {
            f"{kind}.{type_}": sorted(found)
            for kind in ("resource", "data")
            for type_, found in self.document.get(kind, {}).items()
        }


def synthesize(settings: CommonSettings, bundle: Bundle, folder: Path) -> dict[str, Synthesized]:
    """All stacks by what their name says between system and suffix: foundation, use1, world."""
    synthesis_store.synthesize(settings, bundle, folder)
    found = {}
    for path in folder.glob("stacks/*/cdk.tf.json"):
        what = path.parent.name.removeprefix(f"{settings.system}-").removesuffix(
            f"-{settings.environment_suffix}"
        )
        found[what] = Synthesized(what, json.loads(path.read_text()))
    return found
