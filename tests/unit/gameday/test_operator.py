"""What an operator types really runs, with the addresses of the running cloud."""

import pytest

from gameday import operator
from gameday.acts import FAILBACK, SWITCHOVER, Typed
from gameday.errors import FaultRefused
from tests.unit.gameday.test_local_world import world  # noqa: F401 - a fixture


@pytest.fixture
def typed(world, monkeypatch, tmp_path):  # noqa: F811 - the fixture
    """Runs a script instead of `dr`; it finds its words in sys.argv."""

    def run(script: str, words: Typed = SWITCHOVER) -> str:
        (tmp_path / "dr.py").write_text(script)
        monkeypatch.setattr(operator, "REPOSITORY", tmp_path)
        operator.types(world.deployed.state, words)
        return (tmp_path / "out").read_text()

    return run


def test_the_command_runs_outside_both_regions_with_the_keys_of_the_run(typed):
    script = (
        "import os, sys\nopen('out', 'w').write(' '.join([*sys.argv[1:], os.environ['AWS_ENDPOINT_URL']]))"
    )
    assert typed(script, FAILBACK) == "failback --soak 0 --yes http://127.0.0.1:1"


def test_a_command_that_does_not_end_well_gives_no_verdict_and_says_why(typed):
    with pytest.raises(FaultRefused, match="dr switchover ended with 1: refused by P40"):
        typed("import sys; print('refused by P40'); sys.exit(1)")


def test_a_command_that_does_not_end_gives_no_verdict(typed, monkeypatch):
    monkeypatch.setattr(operator, "_WITHIN_S", 0.3)
    with pytest.raises(FaultRefused, match="did not end within"):
        typed("import time; time.sleep(30)")
