"""A drill while it runs: what is seen, how it is drawn, and who may watch."""

import io
import json

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from rich.console import Console

from gameday.judge.timeline import Moments
from gameday.report.live import look, terminal, watch
from gameday.report.live.server import HEADERS, application, only_this_machine, serve
from gameday.report.seconds import Second
from tests.unit.gameday.builders import EAST, WEST
from tests.unit.gameday.looks import view


@pytest.mark.parametrize(
    ("after_s", "moves", "phase", "events"),
    [
        (-5.0, True, "steady load; the fault is to come", 0),
        (2.0, True, "the fault is there; the lease runs out", 1),
        (37.0, True, "takeover: promote, fence, reconcile", 4),
        (44.0, True, "ready; clients follow as their DNS caches run out", 7),
        (60.0, True, "restored: every client is served", 11),
        (60.0, False, "the fault is there, and nobody may move", 2),
    ],
)
def test_a_look_says_what_the_system_is_doing(after_s, moves, phase, events):
    seen = view(after_s=after_s, moves=moves).look(1000.0 + after_s)
    assert (seen.phase, len(seen.events)) == (phase, events)
    assert seen.after_s == (after_s if after_s >= 0 else None)


def test_B11_a_look_tells_acceptance_from_readiness_and_from_service():
    known = {"detected_s": 36.0, "ready_s": 41.0}
    phases = [
        look.phase(Moments(**known, **more), moves=True)
        for more in ({}, {"accepted_s": 85}, {"accepted_s": 85, "restored_s": 490})
    ]
    assert phases == [
        "ready; clients follow as their DNS caches run out",
        "every request is accepted, and settled when the writer is there",
        "restored: every client is served",
    ]


def test_a_look_tells_who_was_last_seen_to_have_what():
    before, after = view(after_s=-1.0).look(999.0), view(after_s=60.0).look(1060.0)
    assert before.regions == (
        look.LiveRegion(name=EAST, lease=True, writer=True, dns=True, ready=True),
        look.LiveRegion(name=WEST, lease=False, writer=False, dns=False, ready=False),
    )
    assert [(one.lease, one.writer, one.dns, one.ready) for one in after.regions] == [
        (False, False, False, False),
        (True, True, True, True),
    ]
    assert (after.epoch, after.state, after.pending) == (2, "ACTIVE", 3)


def test_the_success_of_five_seconds_is_counted_up_to_the_last_full_second():
    seen = view(after_s=12.0).look(1012.0)
    assert seen.now_served == (0, 1)
    assert seen.seconds[-1].after_s == 10


def test_a_look_survives_its_file_and_an_older_one_is_none(tmp_path):
    seen, file = view(after_s=60.0).look(1060.0), tmp_path / "drill.json"
    assert look.read(file) is None
    seen.write(file)
    assert look.read(file) == seen
    file.write_text('{"schema": "of another time"}')
    assert look.read(file) is None


def test_the_curve_on_a_terminal_has_a_character_a_second_in_the_colour_of_who_answered():
    seen = [
        Second(after_s=0, served={EAST: 8}, failed=0, p99_ms=1.0),
        Second(after_s=1, served={}, failed=8, p99_ms=None),
        Second(after_s=2, served={EAST: 1, WEST: 3}, failed=4, p99_ms=1.0),
    ]
    line = terminal.sparkline(seen, [EAST, WEST])
    assert line.plain == "█ ▄"
    assert [span.style for span in line.spans] == ["cyan", "white", "blue"]
    assert terminal.failures(seen).plain == " █▄"


def test_a_terminal_shows_phase_holders_and_the_last_events():
    out = io.StringIO()
    Console(file=out, width=120).print(terminal.drawn(view(after_s=60.0).look(1060.0)))
    for words in ("S1: region killed", "60 s after the fault", "us-west-2", "ACTIVE epoch 2", "restored:"):
        assert words in out.getvalue()


async def asked(file, path: str = "/", **headers: str) -> tuple[int, str, web.Response]:
    async with TestClient(TestServer(application(file), host="127.0.0.1")) as client:
        answer = await client.get(path, headers=headers)
        return answer.status, await answer.text(), answer


async def test_the_page_shows_the_drill_as_it_is_now(tmp_path):
    file = tmp_path / "drill.json"
    assert "No drill has run here yet." in (await asked(file))[1]
    assert (await asked(file, "/drill.json"))[1] == "null"
    view(after_s=37.0).look(1037.0).write(file)
    status, text, answer = await asked(file, "/now")
    assert (status, "Takeover: promote, fence, reconcile" in text) == (200, True)
    assert "us-west-2 took the lease" in text
    assert "script-src 'sha256-" in answer.headers["Content-Security-Policy"]
    assert json.loads((await asked(file, "/drill.json"))[1])["epoch"] == 2


def test_a_drill_that_has_ended_shows_its_verdict():
    seen = view(after_s=60.0).look(1060.0).model_copy(update={"verdict": "missed"})
    assert '<span class="badge missed">' in watch.content(seen)


def test_the_page_begins_with_the_region_that_held_the_lease_when_nothing_was_served():
    seen = view(after_s=-19.5).look(980.5)
    assert seen.seconds
    assert "us-east-1" in watch.content(seen.model_copy(update={"seconds": ()}))


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8042"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_whoever_does_not_ask_for_this_machine_gets_nothing(tmp_path, headers):
    for path in ("/", "/now", "/drill.json"):
        status, text, _ = await asked(tmp_path / "drill.json", path, **headers)
        assert (status, "browser on this machine" in text) == (403, True)


def test_the_policy_allows_the_pages_own_script_and_style_and_nothing_else():
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "*" not in policy


def test_the_page_is_served_on_this_machine_only(monkeypatch):
    served = []
    monkeypatch.setattr(web, "run_app", lambda app, **told: served.append((app, told)))
    serve(8042, print)
    ((app, told),) = served
    assert (told["host"], told["port"]) == ("127.0.0.1", 8042)
    assert only_this_machine in app.middlewares
