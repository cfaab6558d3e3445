from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lib import bundle
from lib.bundle import Bundle
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.load import load_any, load_settings
from lib.systems.registry import SYSTEMS
from tests.unit import untraced
from tests.unit.synthesized import Resource, Synthesized, synthesize


@pytest.hookimpl(trylast=True)  # coverage begins first
def pytest_sessionstart() -> None:
    untraced.hide()


@pytest.fixture(scope="session")
def settings() -> TwoRegionSettings:
    return load_settings({"ENVIRONMENT_SUFFIX": "test"})


@pytest.fixture(scope="session")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    code = tmp_path_factory.mktemp("code")
    (code / "handler.py").write_text("def handler(event, context): ...\n")
    return bundle.build(code, tmp_path_factory.mktemp("out"), distributions=())


@pytest.fixture(scope="session")
def app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cdktf.out")


@pytest.fixture(scope="session")
def stacks(settings: TwoRegionSettings, functions: Bundle, app_folder: Path) -> dict[str, Synthesized]:
    """Every stack of the payments system, as the default provider is told."""
    return synthesize(settings, functions, app_folder)


@pytest.fixture(scope="session")
def webapp(functions: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """Every stack of the web application: use1, where it runs, and usw2."""
    settings = load_any({"SYSTEM": "webapp", "ENVIRONMENT_SUFFIX": "test"})
    return synthesize(settings, functions, tmp_path_factory.mktemp("webapp"))


@pytest.fixture(scope="session")
def single_region(functions: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """Every stack of the single-region system: use1."""
    settings = load_any({"SYSTEM": "single-region", "ENVIRONMENT_SUFFIX": "test"})
    return synthesize(settings, functions, tmp_path_factory.mktemp("single-region"))


@pytest.fixture(scope="session")
def trading(functions: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """Every stack of the trading platform: foundation, use1, use2 and world."""
    settings = load_any({"SYSTEM": "trading", "ENVIRONMENT_SUFFIX": "test"})
    return synthesize(settings, functions, tmp_path_factory.mktemp("trading"))


@pytest.fixture(params=SYSTEMS)
def any_stacks(request: pytest.FixtureRequest) -> dict[str, Synthesized]:
    """Every stack of one system after the other."""
    name = "stacks" if request.param == "payments" else request.param.replace("-", "_")
    found: dict[str, Synthesized] = request.getfixturevalue(name)
    return found


@pytest.fixture
def any_resources(any_stacks: dict[str, Synthesized]) -> list[Resource]:
    return [resource for stack in any_stacks.values() for resource in stack.resources()]


@pytest.fixture(params=["use1", "usw2"])
def region(request: pytest.FixtureRequest, stacks: dict[str, Synthesized]) -> Synthesized:
    return stacks[request.param]


@pytest.fixture(scope="session")
def resources(stacks: dict[str, Synthesized]) -> list[Resource]:
    return [resource for stack in stacks.values() for resource in stack.resources()]


@pytest.fixture
def hook() -> Iterator[Callable[[Any, str, Callable[..., Any]], None]]:
    """Hooks a function into the calls of an AWS client until the test ends."""
    with ExitStack() as hooked:

        def hook(client: Any, event: str, function: Callable[..., Any]) -> None:
            client.meta.events.register_first(event, function)
            hooked.callback(client.meta.events.unregister, event, function)

        yield hook
