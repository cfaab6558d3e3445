import json
import os

import pytest

from localcloud.core.errors import TerraformFailed
from localcloud.core.terraform import Terraform


@pytest.fixture
def fake(tmp_path):
    """A terraform whose answer is a shell script's."""

    def make(script):
        binary = tmp_path / "terraform"
        binary.write_text(f"#!/bin/sh\n{script}\n")
        binary.chmod(0o755)
        return Terraform(tmp_path, {"AWS_REGION": "us-east-1"}, str(binary), None)

    return make


def test_a_failed_call_shows_the_end_of_what_terraform_said(fake):
    with pytest.raises(TerraformFailed, match=r"terraform apply in .* failed:\nno such bucket"):
        fake("echo no such bucket >&2; exit 1").apply()


def test_a_call_that_hangs_is_stopped_and_says_where_to_look(fake):
    with pytest.raises(TerraformFailed, match=r"still running after 0 s(?s:.*)emulator\.log"):
        fake("exec sleep 5")._run("apply", timeout=0.2)


def test_somebody_s_real_credentials_never_reach_terraform(fake, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    names = [name for name in os.environ if name.startswith("AWS_")]
    seen = fake("env")._run("any", timeout=5)
    assert {line.partition("=")[0] for line in seen.splitlines()} & set(names) == set()
    assert "AWS_REGION=us-east-1" in seen


def test_a_named_but_absent_cli_configuration_is_not_passed_on(fake, monkeypatch, tmp_path):
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "absent"))
    assert "TF_CLI_CONFIG_FILE" not in fake("env")._run("any", timeout=5)


def test_planned_changes_count_what_a_plan_would_touch(fake):
    changes = [{"change": {"actions": actions}} for actions in (["no-op"], ["read"], ["update"], ["delete"])]
    shown = json.dumps({"resource_changes": changes})
    assert fake(f"[ $1 = plan ] && exit 2; echo '{shown}'").planned_changes() == 2


@pytest.mark.parametrize(
    ("actions", "before", "after", "counted"),
    [
        (["update"], {"tags": {"Role": "a"}, "tags_all": 1, "name": "n"}, {"tags": None, "name": "n"}, 0),
        (["update"], {"tags": {"Role": "a"}, "name": "n"}, {"tags": None, "name": "m"}, 1),
        (["create"], None, {"tags": {"Role": "b"}}, 1),
        (["delete", "create"], {"tags": {"Role": "a"}}, {"tags": {"Role": "b"}}, 1),
    ],
)
def test_changes_of_tags_can_be_left_out_of_the_count(fake, actions, before, after, counted):
    change = {"actions": actions, "before": before, "after": after}
    terraform = fake(f"echo '{json.dumps({'resource_changes': [{'change': change}]})}'")
    assert terraform.planned_changes(but_tags=True) == counted
    assert terraform.planned_changes() == 1


def test_resources_do_not_count_data_sources(fake):
    assert fake("echo data.aws_region.here; echo aws_vpc.one; echo aws_vpc.two").resources() == 2


def test_validate_returns_the_errors_only(fake):
    problems = [
        {"severity": "error", "summary": "Unsupported argument", "detail": "no x here"},
        {"severity": "warning", "summary": "old"},
    ]
    answer = json.dumps({"diagnostics": problems})
    assert fake(f"echo '{answer}'; exit 1").validate() == ["Unsupported argument: no x here"]
