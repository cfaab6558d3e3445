"""Both regions have the same shape: whatever differs stands in `lists/parity.toml`, or fails. Pure.

The standby's document is first told as if it stood in the primary region: names, codes and address blocks
change places. What still differs then differs on purpose, or by mistake.
"""

import json
import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from gates.findings import Finding
from gates.synthesis import Document
from lib.pair import Pair
from lib.regions import Region
from lib.settings.two_regions import TwoRegionSettings

RULE = "parity"
CIDR = re.compile(r"\b\d+\.\d+\.\d+\.\d+/\d+\b")


def differences(primary: Document, standby: Document, regions: Pair[Region]) -> list[Finding]:
    """Every place where the two documents say different things, by its path."""
    return [Finding(RULE, path, text) for path, text in compare(primary, mirrored(standby, regions))]


def compare(one: Document, other: Document) -> Iterator[tuple[str, str]]:
    """Path and text of every difference; the comments that CDKTF adds do not count."""
    return _differ("", _plain(one), _plain(other))


def documents(stacks: dict[str, Document], settings: TwoRegionSettings) -> Pair[Document]:
    """The documents of the two regional stacks."""
    return settings.regions.map(lambda region: stacks[settings.name(region.code)])


def mirrored(document: Document, regions: Pair[Region]) -> Document:
    """*document* with the regions in each other's place: their names, codes and address blocks."""
    here, there = regions
    places = {
        getattr(one, kind): getattr(other, kind)
        for one, other in ((here, there), (there, here))
        for kind in ("name", "snake", "code")
    }
    names = re.compile("|".join(sorted(map(re.escape, places), key=len, reverse=True)))
    text = names.sub(lambda found: places[found[0]], json.dumps(document))
    result: Document = json.loads(CIDR.sub(lambda found: _moved(found[0], regions), text))
    return result


def _moved(block: str, regions: Pair[Region]) -> str:
    found = IPv4Network(block, strict=False)
    for one, other in ((regions.first, regions.second), (regions.second, regions.first)):
        if found.subnet_of(one.cidr):
            offset = int(found.network_address) - int(one.cidr.network_address)
            return f"{other.cidr.network_address + offset}/{found.prefixlen}"
    return block


def _plain(value: Any) -> Any:
    """Without the comments that CDKTF adds."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if key != "//"}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _differ(path: str, here: Any, there: Any) -> Iterator[tuple[str, str]]:
    if isinstance(here, dict) and isinstance(there, dict):
        for key in sorted(here.keys() | there.keys()):
            below = f"{path}.{key}".lstrip(".")
            if key not in there:
                yield below, "only in the first"
            elif key not in here:
                yield below, "only in the second"
            else:
                yield from _differ(below, here[key], there[key])
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for index, (one, other) in enumerate(zip(here, there, strict=True)):
            yield from _differ(f"{path}.{index}", one, other)
    elif here != there:
        yield path, f"{_short(here)} in the first, {_short(there)} in the second"


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - half a line of a terminal
