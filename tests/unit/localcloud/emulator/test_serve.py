import gc
import json
import sys
from types import ModuleType

import pytest

from localcloud import emulator
from localcloud.emulator import lifetime, serve


@pytest.fixture
def served(monkeypatch):
    """Stand in for the emulator's server, which needs an environment of its own; holds what it was given."""
    given = {}

    async def stand_in(config, ready):
        given.update(config=config, watching=list(gc.callbacks))
        ready()

    module = ModuleType("localcloud.emulator.server")
    module.serve = stand_in
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(emulator, "server", module, raising=False)
    monkeypatch.setattr(serve, "prepare", lambda config: None)
    monkeypatch.setattr(serve, "announce", lambda: given.update(ready=True))
    monkeypatch.setattr(lifetime, "end_with_stdin", lambda: given.update(ends_with_stdin=True))
    return given


def test_the_collector_is_watched_for_as_long_as_the_emulator_serves(served, monkeypatch):
    before = list(gc.callbacks)
    monkeypatch.setattr(serve, "load", lambda path: f"the configuration in {path}")
    monkeypatch.setattr(sys, "argv", ["serve.py", "config.json"])
    assert serve.main() == 0
    assert served["config"] == "the configuration in config.json"
    assert (served["ready"], served["ends_with_stdin"]) == (True, True)
    assert len(served["watching"]) == len(before) + 1
    assert gc.callbacks == before


def test_a_bad_configuration_is_one_line_and_exit_code_2(served, monkeypatch, tmp_path, capsys):
    bad = tmp_path / "config.json"
    bad.write_text(json.dumps({"regions": 3}))
    monkeypatch.setattr(sys, "argv", ["serve.py", str(bad)])
    assert serve.main() == 2
    assert capsys.readouterr().err.startswith("serve.py CONFIG.json: ")
    assert served == {}
