"""Every type of resource that a system synthesizes, and the requests that the provider makes of it.

A type that stands nowhere here is a finding: nothing passes unseen.
"""

from collections.abc import Mapping

from gates.requests.filling import Call
from gates.requests.types import (
    containers,
    data,
    fleet,
    functions,
    messages,
    network,
    observability,
    security,
    stores,
    tables,
)

CALLS: Mapping[str, tuple[Call, ...]] = {
    **containers.CALLS,
    **data.CALLS,
    **fleet.CALLS,
    **functions.CALLS,
    **messages.CALLS,
    **network.CALLS,
    **observability.CALLS,
    **security.CALLS,
    **stores.CALLS,
    **tables.CALLS,
}
WITHOUT_REQUEST: Mapping[str, str] = {
    "aws_acm_certificate_validation": "waits for a certificate and asks AWS for nothing of ours",
    "aws_default_security_group": "takes over the group that came with the VPC; what it says is its tags",
}
"""Types that send nothing worth judging, each with the reason."""
