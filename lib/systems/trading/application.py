"""What an instance of the trading platform is told, and what it may do."""

from collections.abc import Iterable

from lib.compute import first_boot
from lib.compute.group import own_rights
from lib.compute.parameters import read_parameters
from lib.compute.release import KEY, Release
from lib.data.table import TableAccess
from lib.failover.environment import environment
from lib.iam import Allow
from lib.network.balancer import TargetCheck
from lib.security.encrypted_bucket import EncryptedBucket
from lib.site import Site
from lib.systems.trading.settings import TradingSettings

CHECK = TargetCheck(path="/health", every_s=10, timeout_s=5, in_a_row=3)
"""Whether an instance lives; whether its region takes orders is what Route 53 asks."""
NOT_TOLD = frozenset({"PARAMETER_PREFIX", "EARLY_ACCEPTANCE"})
"""What the script says of itself, and what would let an instance accept orders before the writer is here."""
LOGS = "logs/*"
"""Where instances write in the bucket of logs."""


def user_data(site: Site[TradingSettings], release: Release) -> str:
    """The script of the first boot (docs/trading.md): the application is told what functions are told."""
    return first_boot.user_data(
        site,
        release,
        unit="trading",
        secure=site.settings.dns.delegated,
        environment={
            name: value for name, value in environment(site.settings).items() if name not in NOT_TOLD
        },
    )


def rights(
    site: Site[TradingSettings],
    *,
    secrets: Iterable[Allow],
    bundles: EncryptedBucket,
    logs: EncryptedBucket,
) -> list[Allow]:
    """What an instance may do: take orders under the lease, and keep logs."""
    return [
        *bundles.read_version(KEY),
        TableAccess.to(site, "lease").read(),
        TableAccess.to(site, "lease").count_early(site.settings.system),
        TableAccess.to(site, "journal").write(),
        TableAccess.to(site, "arrivals").put(),
        TableAccess.to(site, "arrivals").query(),
        TableAccess.to(site, "sessions").read_write_delete(),
        *logs.write(LOGS),
        *logs.read(LOGS),
        read_parameters(site),
        *secrets,
        *own_rights(site),
    ]
