import pytest

from localcloud import switchover_drill
from localcloud.core.errors import NotRunning
from localcloud.core.state import CloudState
from localcloud.runbook import StepFailed, select
from localcloud.switchover_drill import run_script

SCRIPT = (
    "import json, os\ndef tell(events, context):\n    return {**events, 'region': os.environ['AWS_REGION']}\n"
)


def test_a_script_runs_with_its_payload_and_nothing_but_its_environment():
    run = run_script({"AWS_REGION": "us-west-2"})
    assert run(SCRIPT, "tell", {"a": 1}) == {"a": 1, "region": "us-west-2"}


def test_a_script_that_raises_is_told_by_its_last_line():
    with pytest.raises(StepFailed, match=r"^KeyError: 'AWS_REGION'$"):
        run_script({})(SCRIPT, "tell", {})


def test_a_path_that_finds_nothing_is_named():
    assert select({"A": [{"B": 1}]}, "$.A[0].B") == 1
    with pytest.raises(StepFailed, match=r"\$\.A\[1\] finds nothing"):
        select({"A": []}, "$.A[1]")


def test_without_a_running_cloud_there_is_nothing_to_drill(monkeypatch, tmp_path):
    load = CloudState.load
    monkeypatch.setattr(switchover_drill.CloudState, "load", lambda: load(tmp_path / "none"))
    with pytest.raises(NotRunning):
        switchover_drill.main(["us-west-2"])
