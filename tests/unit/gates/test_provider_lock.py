import json
import subprocess
from pathlib import Path

import pytest

from gates import provider_lock
from lib import provider_lock as kept


def terraform(calls):
    def run(command, *, cwd, **_):
        calls.append((command, json.loads(Path(cwd, "main.tf.json").read_text())))
        Path(cwd, kept.NAME).write_text("hashes")

    return run


def test_checksums_of_every_platform_are_kept_under_the_version(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(subprocess, "run", terraform(calls))
    monkeypatch.setattr(provider_lock.shutil, "which", lambda name: f"/bin/{name}")
    path = provider_lock.keep("6.25.0", tmp_path)
    assert (path.name, path.read_text()) == ("aws-6.25.0.lock.hcl", "hashes")
    ((command, document),) = calls
    assert {"-platform=linux_amd64", "-platform=darwin_arm64"} < set(command)
    assert document["terraform"]["required_providers"]["aws"]["version"] == "6.25.0"


def test_without_terraform_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="make setup"):
        provider_lock.keep("6.25.0", tmp_path)


def test_a_range_cannot_be_locked(monkeypatch, capsys):
    monkeypatch.setenv("AWS_PROVIDER_VERSION", "~> 6.25")
    assert provider_lock.main() == 2
    assert "is a range" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), [(None, 0), (subprocess.CalledProcessError(1, "terraform"), 1)])
def test_the_exit_code_says_whether_it_is_kept(monkeypatch, capsys, error, code):
    def keep(version):
        if error:
            raise error
        return Path(f"config/locks/aws-{version}.lock.hcl")

    monkeypatch.setattr(provider_lock, "keep", keep)
    assert provider_lock.main() == code
    said = capsys.readouterr()
    assert ("commit it" in said.out) is (code == 0)
    assert ("could not be had" in said.err) is (code == 1)
