import pytest
from typer.testing import CliRunner

from dr import commands as entry
from dr.rewind import command, work
from dr.rewind.clones import Clones
from tests.unit.dr.rewind.rds import EAST, SERVING, Rds


@pytest.fixture
def rds(monkeypatch):
    made = Rds()
    monkeypatch.setattr(command, "client", lambda *_: made)
    monkeypatch.setattr(work, "POLL_S", 0.0001)
    monkeypatch.setattr(work, "WITHIN_S", 0.001)
    return made


@pytest.fixture
def rewind(rds, outputs_file):
    def rewind(*arguments, answer=None, region=EAST):
        where = ["--region", region] if region else []
        asked = ["rewind", *arguments, *where, "--outputs", str(outputs_file)]
        return CliRunner().invoke(entry.app, asked, input=answer)

    return rewind


@pytest.fixture
def clones(rds):
    return Clones(rds, EAST, SERVING)
