"""How a server is fetched, with an archive that is made up."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from localcloud.core.errors import MissingTool
from localcloud.mysql import fetch as module
from localcloud.mysql.fetch import fetch

TARGETS = "http://archive.test/debian-security/\nhttp://archive.test/debian/\n"
DEPENDS = "mysql-server-core\n  Depends: libc6\nlibc6\nperl-base\n<virtual>\n"


class Archive:
    """Answers as apt and dpkg do, and keeps what it was asked."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.targets = TARGETS
        self.failing = ""

    def run(
        self, command: Sequence[str | Path], *, cwd: Path, **_: object
    ) -> subprocess.CompletedProcess[str]:
        words = [str(word) for word in command]
        self.calls.append(words)
        if self.failing in words:
            return subprocess.CompletedProcess(words, 100, "E: not today")
        if "download" in words:
            for name in words[words.index("-qq") + 1 :]:
                (cwd / f"{name}.deb").write_text(name)
        if words[0] == "dpkg-deb":
            (Path(words[3]) / "usr").mkdir(parents=True, exist_ok=True)
            (Path(words[3]) / "usr" / Path(words[2]).stem).touch()
        output = self.targets if "indextargets" in words else DEPENDS if "depends" in words else ""
        return subprocess.CompletedProcess(words, 0, output)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    made, keyring = Archive(), tmp_path / "keyring.gpg"
    keyring.touch()
    monkeypatch.setattr(module, "run", made.run)
    monkeypatch.setattr(module, "KEYRING", keyring)
    monkeypatch.setattr(module.shutil, "which", lambda tool: f"/usr/bin/{tool}")
    return made


def test_the_package_and_what_it_needs_are_unpacked_and_nothing_else_stays(
    archive: Archive, tmp_path: Path
) -> None:
    into = tmp_path / "home" / "mysql"
    fetch("mysql-server-core", "sid", into)
    assert {each.name for each in (into / "usr").iterdir()} == {"mysql-server-core", "libc6"}
    assert list(into.parent.iterdir()) == [into]


def test_the_archive_is_this_machines_and_its_signature_is_asked_for(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    answer = archive.run

    def look(command: Sequence[str | Path], *, cwd: Path, **more: object) -> object:
        told.extend(path.read_text() for path in tmp_path.glob("*.draft/sources.list"))
        return answer(command, cwd=cwd, **more)

    monkeypatch.setattr(module, "run", look)
    fetch("mysql-server-core", "sid", tmp_path / "mysql")
    keyring = tmp_path / "keyring.gpg"
    assert set(told) == {f"deb [signed-by={keyring}] http://archive.test/debian/ sid main\n"}


def test_a_failure_leaves_no_half_of_a_server_and_the_next_try_succeeds(
    archive: Archive, tmp_path: Path
) -> None:
    archive.failing = "download"
    with pytest.raises(MissingTool, match=r"apt-get failed:\nE: not today"):
        fetch("mysql-server-core", "sid", tmp_path / "mysql")
    assert not (tmp_path / "mysql").exists()
    archive.failing = ""
    fetch("mysql-server-core", "sid", tmp_path / "mysql")
    assert (tmp_path / "mysql").is_dir()


def test_a_machine_without_an_archive_of_debian_is_told(archive: Archive, tmp_path: Path) -> None:
    archive.targets = "http://archive.test/ubuntu/\n"
    with pytest.raises(MissingTool, match="knows no archive of Debian"):
        fetch("mysql-server-core", "sid", tmp_path / "mysql")


def test_a_machine_without_apt_is_told_what_to_install(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.shutil, "which", lambda tool: None if tool == "apt-get" else tool)
    with pytest.raises(MissingTool, match="without apt-get") as missing:
        fetch("mysql-server-core", "sid", tmp_path / "mysql")
    assert "on PATH" in missing.value.advice
    assert archive.calls == []


def test_an_archive_that_does_not_answer_is_not_waited_for_without_end(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(command: Sequence[str | Path], **_: object) -> None:
        raise subprocess.TimeoutExpired([str(word) for word in command], 300)

    monkeypatch.setattr(module, "run", hang)
    with pytest.raises(MissingTool, match="apt-get did not end within 300 s"):
        fetch("mysql-server-core", "sid", tmp_path / "mysql")
