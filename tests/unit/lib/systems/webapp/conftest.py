from collections.abc import Callable
from typing import Any

import pytest

from gates.requests.variants import merged
from lib.facts import CONFIG
from lib.settings import file
from lib.systems.webapp.settings import WebappSettings
from tests.unit.synthesized import Synthesized, synthesize

OPTIONS = {
    "dns": {"delegated": True, "domain": "board.example.com", "zone": "existing"},
    "web_acl": {"enabled": False},
    "remediation": {"may_promote": True},
    "files": {"replication_time_control": True},
}


def settings_with(**overlay: Any) -> WebappSettings:
    """The settings of the file, changed. Raises pydantic's ValidationError."""
    document = file.read(CONFIG / "webapp.toml") | {"environment_suffix": "test"}
    return WebappSettings.model_validate(merged(document, overlay))


@pytest.fixture
def here(webapp) -> Synthesized:
    return webapp["use1"]


@pytest.fixture
def there(webapp) -> Synthesized:
    return webapp["usw2"]


@pytest.fixture(scope="session")
def with_options(functions, tmp_path_factory) -> Synthesized:
    """The first region with every option that is not the default."""
    folder = tmp_path_factory.mktemp("options")
    return synthesize(settings_with(**OPTIONS), functions, folder)["use1"]


@pytest.fixture(scope="session")
def changed() -> Callable[..., WebappSettings]:
    return settings_with
