import pytest
from typer.testing import CliRunner

from localcloud import __main__ as command


@pytest.mark.parametrize(("left", "code"), [(0, 0), (2, 1)])
def test_destroy_says_what_is_left_and_fails_if_anything_is(monkeypatch, left, code):
    monkeypatch.setattr(command.CloudState, "load", lambda: "the running cloud")
    monkeypatch.setattr(command.deployment, "destroy", lambda cloud, say: left)
    done = CliRunner().invoke(command.app, ["destroy"])
    assert (done.exit_code, done.stdout) == (code, f"{left} resources left\n")
