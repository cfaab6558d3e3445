"""What AWS demands of whole requests, in prose: each rule yields what is wrong."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gates.requests.rules import compute, data, names, observability, security

Sent = Mapping[str, Any]
RULES: Mapping[str, Callable[[Sent], Iterator[str]]] = {
    **compute.RULES,
    **data.RULES,
    **names.RULES,
    **observability.RULES,
    **security.RULES,
}
