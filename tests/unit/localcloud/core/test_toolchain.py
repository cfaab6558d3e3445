import platform

import pytest

from localcloud.core.errors import MissingTool
from localcloud.core.toolchain import LAUNCHER, PROVIDER_VERSION, find_binary, find_mirror


def test_no_terraform_is_one_line_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match=r"terraform is not on PATH\n  run: make setup"):
        find_binary(tmp_path)


def test_the_terraform_that_setup_chose_wins(tmp_path):
    (tmp_path / "terraform").touch()
    assert find_binary(tmp_path) == str(tmp_path / "terraform")


@pytest.mark.parametrize("packed", [False, True])
def test_a_mirror_counts_only_with_the_version_for_this_machine(tmp_path, packed):
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    target = f"{platform.system().lower()}_{machine}"
    provider = tmp_path / "right" / "registry.terraform.io" / "hashicorp" / "aws"
    other = tmp_path / "wrong" / "registry.terraform.io" / "hashicorp" / "aws" / "4.0.0" / target
    other.mkdir(parents=True)
    provider.mkdir(parents=True)
    if packed:
        (provider / f"terraform-provider-aws_{PROVIDER_VERSION}_{target}.zip").touch()
    else:
        (provider / PROVIDER_VERSION / target).mkdir(parents=True)
    assert find_mirror([tmp_path / "wrong", tmp_path / "right"]) == tmp_path / "right"
    assert find_mirror([tmp_path / "wrong"]) is None


def test_a_mirror_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TF_PLUGIN_MIRROR", str(tmp_path))
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    target = f"{platform.system().lower()}_{machine}"
    (tmp_path / "registry.terraform.io/hashicorp/aws" / PROVIDER_VERSION / target).mkdir(parents=True)
    assert find_mirror() == tmp_path


def test_the_launcher_is_valid_python():
    compile(LAUNCHER.format(python="/usr/bin/python3"), "terraform", "exec")
