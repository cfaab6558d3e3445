"""A system is a folder, a file of settings and one line of the registry."""

from pathlib import Path

import pytest

from budget.synth import check
from lib.errors import SettingsError
from lib.facts import CONFIG
from lib.settings import file
from lib.settings.one_region import OneRegionSettings
from lib.settings.two_regions import TwoRegionSettings
from lib.systems import load, payments, registry
from lib.systems.registry import SYSTEMS, System

TWO_REGIONS = {
    *("primary", "standby", "witness", "protocol", "events", "drills", "approvals", "early_acceptance"),
    *("backup", "compliance"),
}


class Alone(OneRegionSettings):
    """Settings of a system in one region."""

    @property
    def secrets(self) -> tuple[str, ...]:
        return ()


@pytest.fixture
def alone(settings, monkeypatch) -> OneRegionSettings:
    """Settings of a system in one region, which SYSTEM = payments asks for."""
    document = file.read(CONFIG / "payments.toml")
    plain = {key: value for key, value in document.items() if key not in TWO_REGIONS}
    network = {"zones": 3, "nat_per_zone": False}
    own = {"region": document["primary"], "environment_suffix": "test", "alarms": {}, "network": network}
    monkeypatch.setattr(file, "read", lambda _: plain | own)
    monkeypatch.setattr(registry, "SYSTEMS", {"payments": System(Alone, "nowhere")})
    return load.load_any({"ENVIRONMENT_SUFFIX": "test"})


def test_every_system_has_a_folder_and_a_file():
    folder = Path(registry.__file__).parent
    folders = {path.parent.name.replace("_", "-") for path in folder.glob("*/settings.py")}
    assert SYSTEMS.keys() == folders == {path.stem for path in CONFIG.glob("*.toml")}


def test_a_system_that_is_unknown_names_those_there_are():
    with pytest.raises(SettingsError, match=r"SYSTEM = pay: there is no such system; systems: payments"):
        load.load_settings({"SYSTEM": "pay"})


def test_payments_is_a_system_in_two_regions_with_settings_of_its_own(settings):
    assert isinstance(settings, TwoRegionSettings)
    assert settings.alarms.api_errors_a_minute == 5
    assert type(settings).__module__.startswith(payments.__name__)


def test_a_system_in_one_region_has_one_region_and_one_network(alone):
    (region,) = alone.regions
    assert (region.name, str(region.cidr)) == ("us-east-1", "10.10.0.0/16")
    assert alone.public_name == "www.test.payments.test"


def test_a_system_in_one_region_is_no_system_that_fails_over(alone):
    with pytest.raises(SettingsError, match="is in one region; choose a system in two"):
        load.load_settings({"ENVIRONMENT_SUFFIX": "test"})
    assert check(alone) == ""


def test_stacks_are_imported_when_they_are_built(monkeypatch, settings):
    built = []
    monkeypatch.setattr(registry.importlib, "import_module", lambda name: built.append(name) or Stacks)
    registry.build(None, settings, None)
    assert built == ["lib.systems.payments.stacks", "built"]


class Stacks:
    @staticmethod
    def build(app, settings, functions):
        registry.importlib.import_module("built")
