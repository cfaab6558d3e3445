"""Which rule a request meets.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import parse_qsl

from localcloud.fleet.balancer.model import Listener
from localcloud.fleet.balancer.request import Request
from localcloud.fleet.balancer.rules import Condition, ListenerRule

KNOWN_FIELDS = frozenset(
    {"path-pattern", "host-header", "http-header", "http-request-method", "query-string", "source-ip"}
)


def rule_for(listener: Listener, request: Request) -> ListenerRule:
    """The first rule, in order of priority, all of whose conditions match; the default always does."""
    return next(rule for rule in listener.rules if all(matches(one, request) for one in rule.conditions))


def matches(condition: Condition, request: Request) -> bool:
    """Whether any of the condition's values matches.

    Paths and methods are compared by case, hosts, headers and queries are not. The address is that of
    the connection, whatever X-Forwarded-For says.
    """
    match condition.field:
        case "path-pattern":
            return any(_pattern(value, fold=False).fullmatch(request.path) for value in condition.values)
        case "host-header":
            return _any(condition.values, [request.host])
        case "http-header":
            return _any(condition.values, request.values(condition.header))
        case "http-request-method":
            return request.method in condition.values
        case "query-string":
            return _query(condition, request.query)
        case "source-ip":
            address = ip_address(request.client)
            return any(address in network for network in condition.networks)
        case other:
            raise ValueError(f"no condition on {other}")


def _query(condition: Condition, query: str) -> bool:
    given = parse_qsl(query, keep_blank_values=True)
    return any(
        (not key or _pattern(key, fold=True).fullmatch(name)) and _pattern(value, fold=True).fullmatch(text)
        for key, value in condition.pairs
        for name, text in given
    )


def _any(patterns: Iterable[str], texts: Iterable[str]) -> bool:
    return any(_pattern(pattern, fold=True).fullmatch(text) for pattern in patterns for text in texts)


@lru_cache(maxsize=1024)
def _pattern(text: str, *, fold: bool) -> re.Pattern[str]:
    r"""`*` is any text and `?` one character; \* \? and \\ stand for themselves."""
    parts = re.findall(r"\\[*?\\]|.", text, re.DOTALL)
    wild = {"*": ".*", "?": "."}
    expression = "".join(wild.get(part, re.escape(part[-1])) for part in parts)
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if fold else 0))
