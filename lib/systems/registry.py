"""The systems there are: each is a folder here, with its settings and its stacks, and a file in `config/`.

Stacks are imported when they are built: whoever reads settings only does not pay for CDKTF.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.errors import SettingsError
from lib.settings.common import CommonSettings
from lib.systems.payments.settings import PaymentsSettings
from lib.systems.single_region.settings import SingleRegionSettings
from lib.systems.trading.settings import TradingSettings
from lib.systems.webapp.settings import WebappSettings


@dataclass(frozen=True, slots=True)
class System:
    """One system."""

    settings: type[CommonSettings]
    stacks: str
    """The module whose ``build(app, settings, functions)`` makes them all."""
    drivers: tuple[str, ...] = ()
    """Distributions that its functions need beside those that all have (`lib.bundle.VENDORED`)."""

    @property
    def build(self) -> Callable[..., None]:
        """Makes every stack of the system in an app."""
        build: Callable[..., None] = importlib.import_module(self.stacks).build
        return build


SYSTEMS: Mapping[str, System] = {
    "payments": System(PaymentsSettings, "lib.systems.payments.stacks"),
    "single-region": System(SingleRegionSettings, "lib.systems.single_region.stacks"),
    "trading": System(TradingSettings, "lib.systems.trading.stacks", drivers=("PyMySQL",)),
    "webapp": System(WebappSettings, "lib.systems.webapp.stacks"),
}
"""By the name that SYSTEM says."""


def system(name: str) -> System:
    """The system *name*. Raises SettingsError, which names those there are."""
    if name not in SYSTEMS:
        raise SettingsError(f"SYSTEM = {name}: there is no such system; systems: {', '.join(SYSTEMS)}")
    return SYSTEMS[name]


def of(settings: CommonSettings) -> System:
    """The system that *settings* are of."""
    (found,) = [one for one in SYSTEMS.values() if one.settings is type(settings)]
    return found


def build(app: Any, settings: CommonSettings, functions: Any) -> None:
    """Every stack of the system that *settings* are of, into *app*."""
    of(settings).build(app, settings, functions)
