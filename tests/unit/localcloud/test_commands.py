import sys
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from localcloud import __main__ as command
from localcloud.deployment import Deployment
from localcloud.systems import payments


@pytest.mark.parametrize(("left", "code"), [(0, 0), (2, 1)])
def test_destroy_says_what_is_left_and_fails_if_anything_is(monkeypatch, left, code):
    monkeypatch.setattr(command.CloudState, "load", lambda: "the running cloud")
    monkeypatch.setattr(command.deployment, "destroy", lambda cloud, say: left)
    done = CliRunner().invoke(command.app, ["destroy"])
    assert (done.exit_code, done.stdout) == (code, f"{left} resources left\n")


def test_settings_that_will_not_do_are_one_line_and_exit_code_1(monkeypatch, capsys):
    monkeypatch.setenv("PRIMARY_REGION", "eu-west-1")
    monkeypatch.setattr(sys, "argv", ["localcloud", "up"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("error: PRIMARY_REGION = eu-west-1: ")


def test_the_first_payment_is_made_where_the_settings_put_the_primary(monkeypatch):
    regions = {name: SimpleNamespace(front_door=f"http://door.{name}") for name in ("us-east-1", "us-west-2")}
    cloud = SimpleNamespace(system="payments", regions=regions, aws_environment=lambda region: {})
    monkeypatch.setenv("PRIMARY_REGION", "us-west-2")
    monkeypatch.setattr(command.lifecycle, "start", lambda say: cloud)
    monkeypatch.setattr(payments, "wait_until_ready", lambda doors: 1.0)
    monkeypatch.setattr(command.deployment, "deploy", lambda cloud, say: Deployment([], 2, 1.0))
    printed = CliRunner().invoke(command.app, ["up"]).stdout
    assert "curl -sS http://door.us-west-2/payments" in printed


@pytest.mark.parametrize(
    ("started", "stopped", "said"),
    [
        (["webapp"], True, "stopped"),
        (["webapp"], False, "no local cloud of payments was running, but of webapp"),
        ([], False, "no local cloud was running"),
    ],
)
def test_down_stops_the_cloud_that_is_meant_or_says_which_run(monkeypatch, tmp_path, started, stopped, said):
    file = tmp_path / "payments" / "cloud.json"
    asked = []
    monkeypatch.setattr(command.clouds, "meant", lambda: file)
    monkeypatch.setattr(command.clouds, "started", lambda: started)
    monkeypatch.setattr(command.lifecycle, "stop", lambda _say, path: asked.append(path) or stopped)
    assert CliRunner().invoke(command.app, ["down"]).stdout == f"{said}\n"
    assert asked == [file]
