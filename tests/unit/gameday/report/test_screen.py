"""What a person sees: progress, host load and the command line."""

import asyncio
import io

import pytest
from rich.console import Console
from typer.testing import CliRunner

from gameday.__main__ import app
from gameday.judge.settings import DrillSettings
from gameday.load.arrivals import Load, LoadPlan
from gameday.load.credentials import Nothing
from gameday.load.payments import Payments
from gameday.observe import host
from gameday.observe.history import History
from gameday.observe.host import HostMeter, metered
from gameday.observe.host_load import HostLoad
from gameday.report import progress
from gameday.report.console import print_report
from gameday.report.live.look import Look, read
from gameday.report.status import status_line
from lib.systems.load import load_settings
from tests.unit.gameday.builders import attempt, failed, history, operation
from tests.unit.gameday.fakes import FakeWorld
from tests.unit.gameday.looks import view
from tests.unit.gameday.reports import judged, record


class Shown:
    """A drill of which one look was taken."""

    def line(self, now: float) -> str:
        return "all is well"

    def look(self, now: float) -> Look:
        return view(after_s=60.0).look(1060.0)


@pytest.mark.simulated
async def test_without_a_terminal_progress_is_a_line_from_time_to_time():
    out = io.StringIO()
    async with progress.Progress(Console(file=out)).showing(Shown()):
        await asyncio.sleep(16.0)
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert all(line.endswith("s  all is well") for line in lines)


@pytest.mark.simulated
async def test_on_a_terminal_progress_is_a_live_picture_that_goes_away():
    out = io.StringIO()
    async with progress.Progress(Console(file=out, force_terminal=True, width=110)).showing(Shown()):
        await asyncio.sleep(3.0)
    assert "restored: every client is served" in out.getvalue()
    assert "ACTIVE epoch 2" in out.getvalue()
    assert out.getvalue().endswith("\x1b[2K")


@pytest.mark.simulated
async def test_progress_keeps_the_last_look_where_the_page_finds_it(tmp_path):
    file = tmp_path / "deep" / "drill.json"
    shown = progress.Progress(Console(file=io.StringIO()), file)
    shown.say("[bold]nothing[/bold] is known yet")
    assert not file.exists()
    async with shown.showing(Shown()):
        await asyncio.sleep(0.1)
        assert read(file).phase == "restored: every client is served"
    assert read(file).phase == "the load has ended; the record is checked"
    shown.say("still at it")
    shown.ended("met")
    last = read(file)
    assert (last.verdict, last.phase) == ("met", "the drill has ended")
    assert [line.split("s  ")[1] for line in last.said] == ["nothing is known yet", "still at it"]
    assert [path.name for path in file.parent.iterdir()] == ["drill.json"]


async def test_the_status_tells_success_backlog_and_holder():
    load = Load(
        run="r",
        api_name="a",
        endpoints={},
        resolver=FakeWorld(),
        plan=LoadPlan(),
        requests=Payments(),
        credentials=Nothing(),
    )
    load.operations += [operation(1096.0, failed(1096.0), attempt(1097.0)), operation(900.0)]
    told = status_line(history(), load, now=1100.0)
    assert told == (
        "settled 1/2 attempts in 5 s · 0 requests wait · lease us-west-2 ACTIVE epoch 2 · "
        "writer us-west-2 · DNS us-west-2"
    )


async def test_the_status_of_a_drill_that_has_seen_nothing_yet_claims_nothing():
    load = Load(
        run="r",
        api_name="a",
        endpoints={},
        resolver=FakeWorld(),
        plan=LoadPlan(),
        requests=Payments(),
        credentials=Nothing(),
    )
    assert status_line(History(), load, now=1100.0) == (
        "settled 0/0 attempts in 5 s · 0 requests wait · lease ? · writer ? · DNS ?"
    )


def test_a_verdict_before_the_first_look_leaves_nothing_for_the_page(tmp_path):
    file = tmp_path / "drill.json"
    progress.Progress(Console(file=io.StringIO()), file).ended("invalid")
    assert not file.exists()


@pytest.mark.parametrize(("per_core", "verdict", "reason"), [(0.5, "MET", False), (9.0, "INVALID", True)])
def test_the_outcome_on_the_screen_says_why_a_run_is_invalid(per_core, verdict, reason):
    host = HostLoad(per_core=per_core, steal=0.0)
    outcome = judged(record(host=host), second_plan_changes=int(reason))
    out = io.StringIO()
    print_report(Console(file=out, width=200), outcome.summary, outcome.events)
    assert f"S1: {verdict} · 137 payments, 136 acknowledged" in out.getvalue()
    assert ("invalid: V40" in out.getvalue()) == reason


def test_steal_is_the_share_between_two_readings(tmp_path):
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 0 100 800 0 0 0 0 0 0\n")
    meter = HostMeter(stat)
    stat.write_text("cpu  150 0 100 830 0 0 0 20 0 0\n")
    assert meter.read().steal == 0.2


@pytest.mark.simulated
async def test_the_load_is_that_of_the_busiest_minute(monkeypatch):
    loads = iter([4.0, 16.0, 2.0, 1.0])
    monkeypatch.setattr(host.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(host.os, "getloadavg", lambda: (next(loads, 1.0), 0.0, 0.0))
    async with metered() as meter:
        await asyncio.sleep(16.0)
    assert meter.read().per_core == 8.0


def test_the_pressure_is_that_of_the_busiest_half_minute(tmp_path, monkeypatch):
    pressure, clock = tmp_path / "cpu", iter(range(0, 100, 5))
    monkeypatch.setattr(host.time, "monotonic", lambda: float(next(clock)))
    waits = iter([0, 1, 2, 3, 7, 11, 15, 19, 19, 19])

    def waited():
        pressure.write_text(
            f"some avg10=9.00 avg60=9.00 avg300=9.00 total={next(waits)}000000\nfull avg10=0.00 total=9\n"
        )

    waited()
    meter = HostMeter(pressure=pressure)
    for _ in range(9):
        waited()
        meter.look()
    assert meter.read().pressure == (19 - 1) / 30


def test_a_spell_shorter_than_half_a_minute_is_no_pressure(tmp_path, monkeypatch):
    pressure, clock = tmp_path / "cpu", iter(range(0, 100, 5))
    monkeypatch.setattr(host.time, "monotonic", lambda: float(next(clock)))
    pressure.write_text("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n")
    meter = HostMeter(pressure=pressure)
    pressure.write_text("some avg10=0.00 avg60=0.00 avg300=0.00 total=5000000\n")
    meter.look()
    assert meter.read().pressure == 0.0


def test_pressure_is_zero_where_the_machine_does_not_tell(tmp_path):
    assert HostMeter(pressure=tmp_path).read().pressure == 0.0


def test_steal_is_zero_where_the_machine_does_not_tell(tmp_path):
    assert HostMeter(tmp_path / "absent").read().steal == 0.0


def test_the_time_scale_divides_check_intervals_and_nothing_else():
    real, fast = (DrillSettings.of(load_settings({}), scale).waits for scale in (1.0, 5.0))
    assert real.health_check_interval_s == 5 * fast.health_check_interval_s
    assert real.model_dump(exclude={"health_check_interval_s"}) == fast.model_dump(
        exclude={"health_check_interval_s"}
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--scenario", "S99"], "S99 is none of: S3"),
        (["--rate", "0"], "--rate"),
        (["--time-scale", "0"], "--time-scale"),
    ],
)
def test_a_bad_option_is_refused_before_anything_starts(arguments, complaint):
    result = CliRunner().invoke(app, ["drill", *arguments])
    assert result.exit_code == 2
    assert complaint in result.output
