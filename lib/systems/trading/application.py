"""What an instance of the trading platform is told, and what it may do."""

from lib.compute.group import own_rights
from lib.compute.parameters import read_parameters
from lib.data.table import TableAccess
from lib.iam import Allow
from lib.network.balancer import TargetCheck
from lib.security.encrypted_bucket import EncryptedBucket
from lib.site import Site
from lib.systems.trading.settings import TradingSettings

CHECK = TargetCheck(path="/health", every_s=10, timeout_s=5, in_a_row=3)
"""Whether an instance lives; whether its region takes orders is what Route 53 asks."""
USER_DATA = """#!/bin/bash
# There is no application yet (docs/trading.md): nothing answers, and the launch hook abandons the instance.
echo "there is no application to start" >&2
exit 1
"""
TRAIL, LOGS = "audit/*", "logs/*"
"""Where instances write in the bucket of the audit trail, and in that of logs."""


def rights(
    site: Site[TradingSettings], *, secret: Allow, trail: EncryptedBucket, logs: EncryptedBucket
) -> list[Allow]:
    """What an instance may do: take orders under the lease, and write down what was done."""
    return [
        TableAccess.to(site, "lease").read(),
        TableAccess.to(site, "journal").write(),
        TableAccess.to(site, "arrivals").put(),
        TableAccess.to(site, "arrivals").query(),
        TableAccess.to(site, "sessions").read_write_delete(),
        *trail.write(TRAIL),
        *logs.write(LOGS),
        *logs.read(LOGS),
        read_parameters(site),
        secret,
        *own_rights(site),
    ]
