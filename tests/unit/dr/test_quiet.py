"""A deployment does not run into a takeover."""

import itertools
import json
import re
from dataclasses import replace

import fastjsonschema
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from typer.testing import CliRunner

from dr import commands, quiet, schemas
from failover.lease import Automation, Handover, Kind, LeaseState
from failover.lease_item import to_item
from failover.lease_table import LeaseUnknown
from lib.errors import SettingsError
from lib.facts import CONFIG
from tests.unit import emulated

from .world import EAST, LEASE, NOW, WEST

TAKING = replace(LEASE, state=LeaseState.TAKING)
DRAINING = LEASE.draining(Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1), now_ms=NOW)
OVER = {"expires_at_ms": NOW - 2_001}


@pytest.mark.parametrize(
    ("lease", "said"),
    [
        (None, None),
        (LEASE, None),
        (TAKING, f"{EAST} is TAKING in epoch 3: a takeover is under way"),
        (DRAINING, f"{EAST} is DRAINING in epoch 3: a takeover is under way"),
        (replace(TAKING, **OVER), None),
        (replace(LEASE, **OVER), f"the lease of {EAST} expired in epoch 3: a failover is about to begin"),
        (replace(LEASE, **OVER, automation=Automation.PAUSED), None),
        (replace(LEASE, expires_at_ms=NOW - 2_000), None),
    ],
)
def test_what_a_deployment_waits_for(lease, said):
    assert quiet.in_the_way(lease, now_ms=NOW, skew_ms=2_000) == said


def unreadable(code):
    def read(_region):
        raise LeaseUnknown(code) from ClientError({"Error": {"Code": code}}, "GetItem")

    return read


def test_one_region_that_answers_is_enough():
    def read(region):
        return LEASE if region == WEST else unreadable("InternalServerError")(region)

    assert quiet.deployed_lease([EAST, WEST], read) == LEASE


def test_before_the_first_deployment_there_is_no_lease():
    assert quiet.deployed_lease([EAST, WEST], unreadable("ResourceNotFoundException")) is None


def test_a_region_that_does_not_answer_may_have_it():
    with pytest.raises(LeaseUnknown, match=f"{EAST}: InternalServerError; {WEST}: InternalServerError"):
        quiet.deployed_lease([EAST, WEST], unreadable("InternalServerError"))


@pytest.fixture
def table(monkeypatch):
    """The lease table of the environment that the settings name."""
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "test")
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "test")
    monkeypatch.setattr(quiet, "now_ms", lambda: NOW)
    with mock_aws():
        client = emulated.client("dynamodb", EAST)
        client.create_table(
            TableName="payments-lease-test",
            KeySchema=[{"AttributeName": "system", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "system", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield lambda lease: client.put_item(TableName="payments-lease-test", Item=to_item(lease))


def typed(*arguments):
    result = CliRunner().invoke(commands.app, ["quiet", *arguments])
    return result.exit_code, result.stderr


def told(*arguments):
    result = CliRunner().invoke(commands.app, ["quiet", "--json", *arguments])
    document = json.loads(result.stdout)
    fastjsonschema.validate(schemas.schema("quiet"), document)
    assert document["exit_code"] == result.exit_code
    return result.exit_code, document["quiet"], document["why"]


def test_the_command_refuses_while_a_takeover_is_under_way_unless_it_is_told_otherwise(table):
    table(TAKING)
    code, said = typed()
    assert (code, said.startswith(f"refused: {EAST} is TAKING"), "ANYWAY" in said) == (4, True, True)
    code, said = typed("--anyway")
    assert (code, "going on" in said) == (0, True)
    code, is_quiet, why = told()
    assert (code, is_quiet, "a takeover is under way" in why) == (4, False, True)
    assert told("--anyway") == (0, False, why)


def test_the_command_is_silent_when_nothing_is_in_the_way(table):
    table(LEASE)
    assert typed() == (0, "")
    assert told() == (0, True, None)


def test_the_command_says_when_it_cannot_know(table, monkeypatch):
    monkeypatch.setattr(quiet, "reader", lambda _: unreadable("InternalServerError"))
    code, said = typed()
    assert (code, said.startswith("unknown: whether a takeover is under way")) == (3, True)
    code, said = typed("--anyway")
    assert (code, "going on" in said) == (0, True)
    assert told()[:2] == (3, False)


def test_settings_that_are_wrong_are_one_line_or_one_document(monkeypatch, capsys):
    def refuses():
        raise SettingsError("payments.toml: x")

    monkeypatch.setattr(quiet, "load_any", refuses)
    monkeypatch.setattr(commands.sys, "argv", ["dr", "quiet", "--json"])
    with pytest.raises(SystemExit) as ended:
        commands.run()
    printed = capsys.readouterr()
    assert (ended.value.code, printed.err) == (1, "error: payments.toml: x\n")
    document = json.loads(printed.out)
    assert (document["schema"], document["error"]["kind"]) == ("dr/quiet/1", "settings")


@pytest.mark.parametrize("system", ["single-region", "webapp"])
def test_a_system_that_nobody_takes_over_is_always_quiet(monkeypatch, system):
    monkeypatch.setenv("SYSTEM", system)
    monkeypatch.setattr(quiet, "client", None)
    assert CliRunner().invoke(commands.app, ["quiet"]).exit_code == 0


def test_make_deploy_asks_first():
    lines = (CONFIG.parent / "Makefile").read_text().splitlines()
    for target in ("deploy:", "deploy-region:"):
        place = next(n for n, line in enumerate(lines) if line.startswith(target))
        recipe = [line.strip() for line in itertools.takewhile(str.strip, lines[place + 1 :])]
        asks = recipe.index("@$(VENV) -m dr quiet $(ANYWAY)")
        assert re.search(r"\$\(CDKTF\) deploy|-m dr\.delivery region", recipe[asks + 1])
