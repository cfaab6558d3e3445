"""Rules of listeners as values: conditions and actions."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network


class UnsupportedRuleError(ValueError):
    """The configuration holds something that this balancer will not guess the behaviour of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of a rule: any of its values must match.

    Attributes:
        field: "path-pattern", "host-header", "http-header", "http-request-method", "query-string" or
            "source-ip".
        values: Patterns; methods for "http-request-method".
        header: The header's name, for "http-header".
        pairs: Key and value patterns of "query-string"; an empty key matches any.
        networks: Of "source-ip".
    """

    field: str
    values: tuple[str, ...] = ()
    header: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Weighted:
    """A target group's share of a forward action: weight 0 gets nothing."""

    group: str
    weight: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Send the request to one of these groups; *sticky_s*: a client stays with its group for so long."""

    groups: tuple[Weighted, ...]
    sticky_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Answer with another URL; the parts may hold #{protocol}, #{host}, #{port}, #{path} and #{query}."""

    status: int
    protocol: str = "#{protocol}"
    host: str = "#{host}"
    port: str = "#{port}"
    path: str = "/#{path}"
    query: str = "#{query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """Answer with this."""

    status: int
    content_type: str = ""
    body: str = ""


Action = Forward | Redirect | Fixed


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerRule:
    """All conditions together lead to the action; without any it is the default."""

    arn: str
    action: Action
    conditions: tuple[Condition, ...] = ()
    priority: int | None = None
    """None: the default rule, which comes last."""
