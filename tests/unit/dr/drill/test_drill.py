import json
import os
from dataclasses import replace
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from dr import commands as entry
from dr.drill import command, pack, synthetic, trial
from dr.drill.pack import label
from dr.drill.trial import DrillFailed
from dr.front_door import Answered, Probed
from dr.operations import Refused
from dr.rules import Purpose, Verdict, judge
from dr.situation import Aurora
from dr.topology import Answer
from evidence import manifest
from failover.lease import LeaseState
from failover.lease_item import to_item
from failover.observation import TakeoverFact
from tests.unit.dr.world import EAST, HEALTHY, LEASE, NOW, OUTPUTS, WEST, FakeCloud

PHASES = ["check", "switchover", "verify away", "failback", "verify home"]


class MovingCloud(FakeCloud):
    """A cloud in which an execution that succeeds really moves payments."""

    def topology(self):
        lease = self.table.read()
        views = tuple(
            replace(view, ready=Answer.YES if lease.held_by(view.region) else Answer.NO)
            for view in self.found.topology.regions
        )
        return replace(self.found.topology, lease=lease, regions=views)

    def situation(self):
        topology = self.topology()
        holder = topology.lease.holder
        writer, replica = HEALTHY.inspections[EAST], HEALTHY.inspections[WEST]
        fence = replace(replica.gap, fence=topology.lease.epoch)
        there = {r: writer if r == holder else replace(replica, gap=fence) for r in (EAST, WEST)}
        return replace(
            self.found,
            topology=topology,
            inspections=there,
            aurora=Aurora(writer=holder, moving=False),
            failback_soak_ms=self.deployment.failback_soak_ms,
        )

    def takeovers(self, region):
        made, cloud = super().takeovers(region), self
        start = made.start

        def start_and_move(takeover):
            start(takeover)
            if cloud.ends is TakeoverFact.SUCCEEDED:
                put(cloud.table, moved(cloud.table.read(), takeover))

        made.start = start_and_move
        return made


def moved(lease, takeover):
    handed = lease.handed_over(takeover.handover, now_ms=NOW - 1)
    return replace(handed, state=LeaseState.ACTIVE, expires_at_ms=NOW + 30_000)


def put(table, lease):
    table._client.put_item(TableName=OUTPUTS["lease_table"], Item=to_item(lease))


@pytest.fixture
def cloud(lease_table, monkeypatch, aws):
    made = MovingCloud(lease_table)
    put(lease_table, LEASE)
    url = dict.fromkeys((EAST, WEST), aws.url)

    def take(deployment):
        made.deployment = replace(deployment, api_endpoints=url)
        return made

    monkeypatch.setattr(command, "Cloud", take)

    def recorded(*_, region, key):
        return answered(made.table.read().holder, key)

    monkeypatch.setattr(synthetic, "post", recorded)
    return made


def answered(region, key, status=201):
    return Answered(key=key, status=status, region=region, seconds=0.1)


@pytest.fixture
def drill(cloud, outputs_file, tmp_path):
    def drill(*arguments, answer=None):
        asked = ["drill", *arguments, "--outputs", str(outputs_file), "--evidence", str(tmp_path / "dr")]
        return CliRunner().invoke(entry.app, asked, input=answer)

    return drill


def kept(tmp_path):
    run = tmp_path / "dr" / "latest"
    summary = json.loads((run / "summary.json").read_text())
    return summary, json.loads((run / "phases.json").read_text())["phases"]


def test_a_drill_goes_there_and_back_and_leaves_sealed_evidence(cloud, drill, tmp_path):
    done = drill("--yes", "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    summary, phases = kept(tmp_path)
    assert [phase["name"] for phase in phases] == PHASES
    assert {phase["ended"] for phase in phases} == {"done"}
    assert (summary["result"], summary["label"]) == ("passed", "local cloud")
    assert summary["executions"] == ["payments-4-switchover", "payments-5-failback"]
    assert [phases[i]["facts"]["synthetic_request"]["region"] for i in (2, 4)] == [WEST, EAST]
    assert manifest.verify(tmp_path / "dr" / "latest") == []
    told = json.loads(done.stdout)
    assert told["head"] == manifest.head(tmp_path / "dr" / "latest")
    assert cloud.table.read().holder == EAST


def test_a_system_without_a_synthetic_request_is_drilled_by_its_readiness(
    cloud, drill, tmp_path, monkeypatch
):
    monkeypatch.setattr(synthetic, "OF", {})
    assert drill("--yes").exit_code == 0
    _, phases = kept(tmp_path)
    assert [phases[i]["facts"]["synthetic_request"] for i in (2, 4)] == [None, None]


def test_each_drill_follows_the_one_before(cloud, drill, tmp_path, monkeypatch):
    times = iter(range(1_800_000_000, 1_900_000_000, 7))
    monkeypatch.setattr(trial.time, "time", lambda: next(times))
    for _ in range(2):
        put(cloud.table, LEASE)
        cloud.executions.clear()
        assert drill("--yes").exit_code == 0
    assert manifest.verify(tmp_path / "dr") == []
    first = sorted((tmp_path / "dr").glob("*-drill"))[0]
    (first / "summary.json").write_text("{}")
    assert manifest.verify(tmp_path / "dr")


def test_a_protected_environment_is_drilled_only_by_who_names_the_consequence(cloud, drill, outputs_file):
    outputs_file.write_text(json.dumps(json.loads(outputs_file.read_text()) | {"profile": "protected"}))
    refusal = drill("--yes")
    assert isinstance(refusal.exception, Refused)
    assert "--requests-wait-twice" in str(refusal.exception)
    assert cloud.executions == {}
    assert drill("--yes", "--requests-wait-twice").exit_code == 0


def test_it_asks_and_a_dry_run_moves_nothing(cloud, drill, tmp_path):
    assert json.loads(drill("--dry-run", "--json").stdout)["dry_run"] is True
    shown = drill("--dry-run")
    assert (shown.exit_code, "(local cloud) away and back" in shown.output) == (0, True)
    assert drill(answer="n\n").exit_code == 1
    assert (cloud.executions, (tmp_path / "dr").exists()) == ({}, False)


@pytest.mark.parametrize("there", ["a file", "no right"])
def test_nothing_is_moved_where_no_evidence_could_be_kept(drill, tmp_path, monkeypatch, there):
    if there == "a file":
        (tmp_path / "dr").write_text("")
    else:
        forbids = SimpleNamespace(access=lambda *_: False, W_OK=2, X_OK=1, strerror=os.strerror)
        monkeypatch.setattr(pack, "os", forbids)
    monkeypatch.setattr(command, "_run", lambda *_, **__: pytest.fail("a drill began"))
    error = drill("--yes").exception
    assert isinstance(error, FileExistsError if there == "a file" else PermissionError)
    assert error.filename == str(tmp_path / "dr")


def test_a_system_that_is_not_well_or_not_at_home_is_not_drilled(cloud, drill, tmp_path):
    cloud.found = replace(HEALTHY, leases_read={EAST: True, WEST: False})
    assert "not well (P10)" in str(drill("--yes").exception)
    put(cloud.table, replace(LEASE, holder=WEST))
    cloud.found = HEALTHY
    (tmp_path / "dr" / "latest").unlink()
    for run in (tmp_path / "dr").iterdir():
        run.rename(run.with_name("before"))
    assert "dr failback, then drill" in str(drill("--yes").exception)
    assert cloud.executions == {}


@pytest.mark.parametrize("ends", [TakeoverFact.FAILED, TakeoverFact.RUNNING])
def test_a_move_that_does_not_end_stops_the_drill_and_is_in_the_evidence(cloud, drill, tmp_path, ends):
    cloud.ends = ends
    failed = drill("--yes")
    assert isinstance(failed.exception, DrillFailed)
    assert "dr retry or dr abort" in str(failed.exception)
    summary, phases = kept(tmp_path)
    assert (summary["result"], len(phases)) == ("failed", 2)
    assert phases[1]["ended"].startswith("DrillFailed: ")


def unwell_on_the_way_back(purpose, situation, target):
    found = judge(purpose, situation, target)
    return [replace(found[0], verdict=Verdict.FAIL)] if purpose is Purpose.FAILBACK else found


@pytest.mark.parametrize(
    ("where", "name", "instead", "says"),
    [
        (synthetic, "post", lambda *_, region, key: answered(None, key, status=None), "got None from nobody"),
        (synthetic, "post", lambda *_, region, key: answered(EAST, key), "got 201 from us-east-1"),
        (trial, "probe", lambda *_: Probed(503), "no readiness within 600 s"),
        (trial, "judge", unwell_on_the_way_back, "no dr plan failback within"),
    ],
)
def test_what_does_not_serve_stops_the_drill(*, cloud, drill, monkeypatch, where, name, instead, says):
    monkeypatch.setattr(where, name, instead)
    assert says in str(drill("--yes").exception)


def test_a_drill_that_is_interrupted_leaves_evidence_too(cloud, drill, tmp_path, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(synthetic, "post", interrupt)
    assert drill("--yes").exit_code == 130
    assert kept(tmp_path)[0]["phases"]["verify away"] == "KeyboardInterrupt: "


@pytest.mark.parametrize(
    ("endpoint", "called"),
    [
        ("https://dynamodb.us-east-1.amazonaws.com", "AWS"),
        ("https://dynamodb.cn-north-1.amazonaws.com.cn", "AWS"),
        ("http://127.0.0.1:4566", "local cloud"),
        ("http://localhost:4566", "local cloud"),
        ("https://amazonaws.com.evil.test", "unknown: amazonaws.com.evil.test"),
    ],
)
def test_B07_evidence_is_labelled_by_where_its_calls_went(endpoint, called):
    assert label(endpoint) == called
