"""The first boot of an instance: the script is filled in, and does in a shell what it says."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lib.errors import UserDataError
from lib.user_data import render
from localcloud.core.ports import free_port

BASH = shutil.which("bash")
ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = (ROOT / "apps" / "serving" / "user_data.sh").read_text()
VALUES = {
    "region": "us-east-1",
    "bucket": "webapp-bundles-test",
    "key": "web.zip",
    "object": "v1",
    "sha256": "0" * 64,
    "prefix": "/webapp-test",
    "version": "web-1",
    "scheme": "https",
    "port": "8080",
    "group": "webapp-web-test",
    "hook": "webapp-launch-test",
    "unit": "web",
    "environment": ("POWERTOOLS_SERVICE_NAME=web", "LOG_LEVEL=INFO"),
}


def test_W04_every_value_is_filled_in():
    script = render(TEMPLATE, VALUES)
    assert "@" not in script
    assert "Environment=PARAMETER_PREFIX=/webapp-test\n" in script
    subprocess.run([BASH, "-n"], input=script, text=True, check=True)


def test_a_reference_that_terraform_fills_in_is_taken():
    assert "s3://${aws_s3_bucket.b.id}/k" in render("cp @b@", {"b": "s3://${aws_s3_bucket.b.id}/k"})


@pytest.mark.parametrize("value", ["", "a b", "a;b", "$(b)", "a'b", "a\nb", "${a b}", "${'x'}"])
def test_a_value_that_a_shell_would_take_apart_is_refused(value):
    with pytest.raises(UserDataError, match="a is "):
        render("cp @a@", {"a": value})


@pytest.mark.parametrize("values", [{}, {"a": "1", "b": "2"}])
def test_values_must_be_those_that_are_wanted(values):
    with pytest.raises(UserDataError, match=r"wants \['a'\]"):
        render("cp @a@", values)


@pytest.mark.parametrize("script", ["echo ${HOME}", "date +%{x}"])
def test_what_terraform_would_read_is_refused(script):
    with pytest.raises(UserDataError, match="Terraform would read"):
        render(script, {})


def test_more_than_EC2_takes_is_refused():
    render("x" * 16384, {})
    with pytest.raises(UserDataError, match="16385 bytes"):
        render("x" * 16385, {})


class Image:
    """A folder that stands for an image, with commands that write down how they were called."""

    def __init__(self, folder: Path, bundle: Path) -> None:
        self.folder, self.calls = folder, folder / "calls"
        commands = folder / "bin"
        commands.mkdir()
        self._command(
            commands / "aws",
            f"printenv AWS_METADATA_SERVICE_NUM_ATTEMPTS >> {folder}/attempts\n"
            f'case "$1" in s3api) cp {bundle} "$9";; esac',
        )
        self._command(commands / "systemctl", "true")
        self._command(commands / "curl", 'case "$*" in *token*PUT*|*PUT*) echo t;; *) echo i-1;; esac')
        (commands / "python3.13").symlink_to(sys.executable)
        for name in ("mkdir", "cat", "seq", "sleep", "printenv", "cp", "bash"):
            (commands / name).symlink_to(shutil.which(name))
        self._path = str(commands)

    def _command(self, path: Path, body: str) -> None:
        path.write_text(f'#!{shutil.which("bash")}\necho "{path.name} $*" >> {self.calls}\n{body}\n')
        path.chmod(0o755)

    def boot(self, script: str, **given: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": self._path, "INSTANCE_ROOT": str(self.folder), **given}
        return subprocess.run(
            [BASH], input=script, env=environment, capture_output=True, text=True, timeout=120, check=False
        )


@pytest.fixture
def bundle(tmp_path):
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("apps/web/__main__.py", "print('served')\n")
    return path


@pytest.fixture
def image(tmp_path, bundle):
    return Image(tmp_path, bundle)


def answering(port: int, folder: Path) -> subprocess.Popen[bytes]:
    """A server whose /health/live answers."""
    (folder / "health").mkdir(parents=True)
    (folder / "health" / "live").write_text("live")
    return subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", folder],
        stderr=subprocess.DEVNULL,
    )


def test_W04_an_instance_boots_the_very_bundle_as_a_service_without_root(image, bundle, tmp_path):
    port = free_port()
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
    with answering(port, tmp_path / "web") as health:
        try:
            done = image.boot(render(TEMPLATE, {**VALUES, "sha256": digest}), PORT_8080=str(port))
        finally:
            health.kill()
    assert (done.returncode, done.stderr) == (0, "")
    unit = (tmp_path / "etc/systemd/system/web.service").read_text()
    assert f"Environment=PORT={port}\n" in unit
    assert "Environment=POWERTOOLS_SERVICE_NAME=web LOG_LEVEL=INFO\n" in unit
    assert f"ExecStart={tmp_path}/bin/python3.13 -m apps.web\n" in unit
    assert "Environment=AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5\n" in unit
    assert set((tmp_path / "attempts").read_text().split()) == {"5"}
    assert {"DynamicUser=yes", "Restart=always", "TimeoutStopSec=30"} <= set(unit.splitlines())
    assert (tmp_path / "opt/web/app/apps/web/__main__.py").exists()
    calls = image.calls.read_text().splitlines()
    assert calls[0].startswith(
        "aws s3api get-object --bucket webapp-bundles-test --key web.zip --version-id v1 "
    )
    assert calls[1:3] == ["systemctl daemon-reload", "systemctl enable --now web.service"]
    assert calls[-1].endswith("--lifecycle-hook-name webapp-launch-test --instance-id i-1")


def test_a_bundle_with_another_hash_is_not_run(image, tmp_path):
    done = image.boot(render(TEMPLATE, VALUES))
    assert done.returncode == 1
    assert "nothing is run" in done.stderr
    assert not (tmp_path / "opt/web/app").exists()
    assert "systemctl" not in image.calls.read_text()
