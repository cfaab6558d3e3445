"""The cookies that bind a client to its target and to its target group.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions
"""

import time
from email.utils import formatdate

from localcloud.fleet.balancer.model import Listener, TargetGroup, TargetId
from localcloud.fleet.balancer.request import Headers
from localcloud.fleet.balancer.rules import Forward
from localcloud.fleet.balancer.spread import GROUP_COOKIE, TARGET_COOKIE, Spread


def cookies(
    spread: Spread, listener: Listener, action: Forward, group: TargetGroup, target: TargetId
) -> Headers:
    """The Set-Cookie headers of an answer of *target*; each comes again with every answer."""
    made: list[tuple[str, str]] = []
    if group.sticky_s is not None:
        made += _pair(TARGET_COOKIE, spread.token(f"{group.arn} {target}"), group.sticky_s, listener)
    if action.sticky_s is not None:
        made += _pair(GROUP_COOKIE, spread.token(group.arn), action.sticky_s, listener)
    return tuple(made)


def _pair(name: str, value: str, lasts_s: float, listener: Listener) -> list[tuple[str, str]]:
    """The cookie, and its twin for requests from pages of other sites, which browsers take by TLS only."""
    kept = f"Expires={formatdate(time.time() + lasts_s, usegmt=True)}; Path=/"
    twin = f"{name}CORS={value}; {kept}; SameSite=None" + ("; Secure" if listener.secure else "")
    return [("Set-Cookie", f"{name}={value}; {kept}"), ("Set-Cookie", twin)]
