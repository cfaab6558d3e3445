"""The one JSON text of a request, and its digest."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, fields
from typing import Any

from durable.book import DurableRequest

_SHOWN = object()


def canonical(request: Any, since_first: Collection[str]) -> str:
    """The text; field order and defaults of the client do not show.

    A field that is not among those *since_first*, of the system's first release, shows only when it is not
    its default: so the text and the digest of a request that does not use it stay what older code made of it.
    """
    added = {each.name: each.default for each in fields(request) if each.name not in since_first}
    told = {name: value for name, value in asdict(request).items() if added.get(name, _SHOWN) != value}
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def digest(request: DurableRequest) -> str:
    """SHA-256 of its canonical text in hexadecimal: two bodies ask for the same."""
    return hashlib.sha256(request.canonical().encode()).hexdigest()
