from collections.abc import Callable
from typing import Any

import pytest

from gates.requests.variants import OPTIONS, merged
from lib.facts import CONFIG
from lib.settings import file
from lib.systems.trading.settings import TradingSettings
from tests.unit.synthesized import Synthesized, synthesize

HERE, THERE = "use1", "use2"


def settings_with(**overlay: Any) -> TradingSettings:
    """The settings of the file, changed. Raises pydantic's ValidationError."""
    document = file.read(CONFIG / "trading.toml") | {"environment_suffix": "test"}
    return TradingSettings.model_validate(merged(document, overlay))


@pytest.fixture(scope="session")
def changed() -> Callable[..., TradingSettings]:
    return settings_with


@pytest.fixture(params=[HERE, THERE])
def region(request, trading) -> Synthesized:
    return trading[request.param]


@pytest.fixture
def world(trading) -> Synthesized:
    return trading["world"]


@pytest.fixture(scope="session")
def with_options(functions, tmp_path_factory) -> dict[str, Synthesized]:
    """Every stack with all that can be asked for, where it is not the default."""
    return synthesize(settings_with(**OPTIONS["trading"]), functions, tmp_path_factory.mktemp("options"))
