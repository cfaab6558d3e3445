"""What a long run says, however it ends."""

import json
from collections import Counter

import pytest

from tests.model import many
from tests.model.many import explore

CHUNKS = [(Counter(takeover=2), [], 50), (Counter(takeover=1), [(61, "lost: key-1")], 50)]


def explored(monkeypatch, *, ends):
    said = []

    def play_all(_seeds, _jobs, _system):
        yield from CHUNKS
        if ends:
            raise ends

    monkeypatch.setattr(many, "play_all", play_all)
    return explore(range(20, 220), jobs=1, every_s=0, say=said.append), said


def test_a_run_that_is_interrupted_tells_what_it_played_and_where_to_go_on(monkeypatch):
    report, _ = explored(monkeypatch, ends=KeyboardInterrupt())
    assert report.interrupted
    assert "--from 120 goes on" in report.text()
    assert "100 of 200 interleavings, seeds 20 to 119" in report.text()
    assert "seed 61: lost: key-1" in report.text()
    assert "3  takeover" in report.text()


def test_a_violation_is_told_at_once_and_progress_with_the_seeds(monkeypatch):
    _, said = explored(monkeypatch, ends=None)
    assert said[0].startswith("50 of 200 interleavings, seeds 20 to 69")
    assert said[1] == "seed 61: lost: key-1"


def test_programs_read_the_same(monkeypatch):
    report, _ = explored(monkeypatch, ends=None)
    told = json.loads(json.dumps(report.document()))
    assert (told["played"], told["broken"], told["happened"]) == (100, [[61, "lost: key-1"]], {"takeover": 3})


def test_a_failure_of_the_run_itself_is_no_end_of_it(monkeypatch):
    with pytest.raises(OSError, match="no memory"):
        explored(monkeypatch, ends=OSError("no memory"))
