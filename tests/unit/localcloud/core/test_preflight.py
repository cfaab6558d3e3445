import shutil
from collections import namedtuple

import pytest

from lib.errors import SettingsError
from localcloud.core import preflight
from localcloud.core.errors import LocalCloudError, MissingTool

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def emulator(tmp_path):
    path = tmp_path / "python"
    path.touch()
    return path


def test_a_full_disk_is_said_with_figures(tmp_path, emulator, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 512 * 1024**2))
    with pytest.raises(LocalCloudError, match=r"0\.5 GiB are free .* 2 GiB are needed\n  free some space"):
        preflight.check(tmp_path, emulator)


def test_without_the_emulator_setup_is_advised(tmp_path):
    with pytest.raises(MissingTool, match=r"emulator is not installed\n  run: make setup"):
        preflight.check(tmp_path, tmp_path / "absent")


def test_without_node_its_use_is_said(tmp_path, emulator, monkeypatch):
    monkeypatch.setattr(preflight, "find_binary", lambda: "terraform")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(MissingTool, match="node is not on PATH"):
        preflight.check(tmp_path, emulator)


def test_a_machine_with_everything_passes(tmp_path, emulator):
    preflight.check(tmp_path, emulator)


def test_settings_that_will_not_do_are_said_before_anything_starts(tmp_path, emulator, monkeypatch):
    monkeypatch.setenv("PRIMARY_REGION", "eu-west-1")
    with pytest.raises(SettingsError, match="eu-west-1"):
        preflight.check(tmp_path, emulator)
