"""Which local cloud a system has."""

from collections.abc import Callable, Mapping
from typing import Any

from lib.systems.load import load_any
from localcloud.core.errors import LocalCloudError
from localcloud.systems.payments import LocalPayments
from localcloud.systems.single_region import LocalSingleRegion
from localcloud.systems.system import LocalSystem
from localcloud.systems.trading import LocalTrading
from localcloud.systems.webapp import LocalWebapp

LOCAL: Mapping[str, Callable[[Any], LocalSystem]] = {
    "payments": LocalPayments,
    "trading": LocalTrading,
    "webapp": LocalWebapp,
    "single-region": LocalSingleRegion,
}
"""By the name that SYSTEM says; each takes the settings of its own kind."""


def local_system() -> LocalSystem:
    """The local cloud of the system that SYSTEM names. Raises LocalCloudError where there is none."""
    settings = load_any()
    if settings.system not in LOCAL:
        known = ", ".join(LOCAL)
        raise LocalCloudError(f"SYSTEM = {settings.system}: has no local cloud", f"choose one of: {known}")
    return LOCAL[settings.system](settings)
