from collections.abc import Callable
from typing import Any

import pytest

from gates.requests.variants import merged
from lib.facts import CONFIG
from lib.settings import file
from lib.systems.single_region.settings import SingleRegionSettings
from tests.unit.synthesized import Synthesized, synthesize


def settings_with(**overlay: Any) -> SingleRegionSettings:
    """The settings of the file, changed. Raises pydantic's ValidationError."""
    document = file.read(CONFIG / "single-region.toml") | {"environment_suffix": "test"}
    return SingleRegionSettings.model_validate(merged(document, overlay))


@pytest.fixture
def here(single_region) -> Synthesized:
    (stack,) = single_region.values()
    return stack


@pytest.fixture(scope="session")
def protected(functions, tmp_path_factory) -> Synthesized:
    folder = tmp_path_factory.mktemp("protected")
    return synthesize(settings_with(profile="protected"), functions, folder)["use1"]


@pytest.fixture(scope="session")
def changed() -> Callable[..., SingleRegionSettings]:
    return settings_with
