"""`make destroy` and `make deploy-region`: the right stacks, in an order that works, again when it must."""

import json
import sys

import pytest

from dr.calls import NoAccess
from dr.delivery import __main__ as entry
from dr.delivery import cdktf, order
from dr.delivery.cdktf import CommandLine, DeliveryFailed
from dr.delivery.writer import region_of_writer
from dr.doctor.aws import Unanswered
from lib.errors import SettingsError
from lib.systems.load import load_any, load_settings

EAST, WEST = "us-east-1", "us-west-2"
WORLD, USE1, USW2, FOUNDATION = (f"payments-{what}-test" for what in ("world", "use1", "usw2", "foundation"))


class Terminal:
    """CDKTF in memory: fails as often as it is told, and keeps what was typed."""

    def __init__(self, *codes):
        self.codes, self.typed, self.environments = list(codes), [], []
        self.slept, self.said = [], []
        self.command_line = CommandLine(
            flags="--skip-provider-lock", run=self.run, say=self.said.append, sleep=self.slept.append
        )

    def run(self, command, environment):
        self.typed.append(command[1:3])
        self.environments.append(environment)
        assert command[3:] == [
            "--auto-approve",
            "--ignore-missing-stack-dependencies",
            "--skip-provider-lock",
        ]
        return self.codes.pop(0) if self.codes else 0


@pytest.mark.parametrize(
    ("writer", "expected"),
    [
        (EAST, [WORLD, USW2, USE1, FOUNDATION]),
        (WEST, [WORLD, USE1, USW2, FOUNDATION]),
        (None, [WORLD, USW2, USE1, FOUNDATION]),
    ],
)
def test_the_region_with_the_writer_goes_last(settings, writer, expected):
    assert order.destruction(settings, writer) == expected


def test_without_a_writer_the_region_that_was_created_last_goes_first():
    swapped = load_settings({"ENVIRONMENT_SUFFIX": "test", "PRIMARY_REGION": WEST})
    assert order.destruction(swapped, None) == [WORLD, USE1, USW2, FOUNDATION]


def test_the_order_names_every_stack_there_is(stacks, settings):
    assert {f"payments-{name}-test" for name in stacks} == set(order.destruction(settings, EAST))


def test_every_stack_of_every_system_goes_before_those_whose_outputs_it_reads(any_stacks):
    (home, *_) = any_stacks.values()
    system = home.document["provider"]["aws"][0]["default_tags"][0]["tags"]["System"]
    settings = load_any({"SYSTEM": system, "ENVIRONMENT_SUFFIX": "test"})
    names = order.destruction(settings, None)
    assert sorted(names) == sorted(f"{system}-{name}-test" for name in any_stacks)
    for name, stack in any_stacks.items():
        for state in stack.document.get("data", {}).get("terraform_remote_state", {}).values():
            (read,) = [one for one in names if one in json.dumps(state["config"])]
            assert names.index(f"{system}-{name}-test") < names.index(read)


@pytest.mark.parametrize(
    ("system", "stacks"),
    [
        ("single-region", ["single-region-use1-test"]),
        ("webapp", ["webapp-use1-test", "webapp-usw2-test"]),
    ],
)
def test_where_nobody_takes_over_no_writer_is_asked_for(typed, monkeypatch, capsys, system, stacks):
    monkeypatch.setenv("SYSTEM", system)
    code, done = typed("destroy", writer=Unanswered("nobody is asked"))
    assert (code, done) == (0, [["destroy", one] for one in stacks])
    assert typed("destroy", "--writer", EAST) == (1, [])
    assert f"WRITER = us-east-1: {system} has no global database" in capsys.readouterr().err
    assert typed("region", EAST) == (1, [])


def answering(**regions):
    def aws(service, region, operation, **asked):
        assert (service, operation) == ("rds", "describe_global_clusters")
        assert asked == {"GlobalClusterIdentifier": "payments-ledger-test"}
        answer = regions[region.replace("-", "_")]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return aws


def members(writer):
    arns = {region: f"arn:aws:rds:{region}:1:cluster:payments-ledger" for region in (EAST, WEST)}
    listed = [{"DBClusterArn": arn, "IsWriter": region == writer} for region, arn in arns.items()]
    return {"GlobalClusters": [{"GlobalClusterMembers": listed}]}


@pytest.mark.parametrize("writer", [EAST, WEST])
def test_the_writer_is_where_aurora_says(settings, writer):
    assert region_of_writer(answering(us_east_1=members(writer)), settings) == writer


def test_a_region_that_is_down_is_passed_over(settings):
    aws = answering(us_east_1=Unanswered("down"), us_west_2=members(WEST))
    assert region_of_writer(aws, settings) == WEST


@pytest.mark.parametrize("answer", [None, {"GlobalClusters": [{"GlobalClusterMembers": []}]}])
def test_without_a_database_there_is_no_writer(settings, answer):
    assert region_of_writer(answering(us_east_1=answer), settings) is None


def test_a_writer_that_nobody_can_name_is_not_guessed(settings):
    aws = answering(us_east_1=Unanswered("east is down"), us_west_2=Unanswered("not allowed"))
    with pytest.raises(Unanswered, match="east is down; not allowed"):
        region_of_writer(aws, settings)


def test_stacks_are_destroyed_one_after_the_other():
    terminal = Terminal()
    terminal.command_line.destroy([WORLD, USE1])
    assert terminal.typed == [["destroy", WORLD], ["destroy", USE1]]
    assert terminal.said == [f"destroying {WORLD}, 1 of 2", f"destroying {USE1}, 2 of 2"]
    assert terminal.slept == []


def test_a_vault_that_is_not_empty_yet_is_tried_again():
    terminal = Terminal(1, 1, 0)
    terminal.command_line.destroy([USE1])
    assert terminal.typed == [["destroy", USE1]] * 3
    assert terminal.slept == [cdktf.PAUSE_S] * 2
    assert "attempt 2 of 3 failed; again in 60 s" in terminal.said[-1]


def test_what_stays_in_the_way_stops_it_before_the_next_stack():
    terminal = Terminal(1, 1, 1)
    with pytest.raises(DeliveryFailed, match="make destroy goes on from what is left"):
        terminal.command_line.destroy([USE1, FOUNDATION])
    assert terminal.typed == [["destroy", USE1]] * 3


def test_one_region_is_deployed_alone_and_nobody_is_asked_about_the_rest():
    terminal = Terminal()
    terminal.command_line.deploy(USW2)
    assert terminal.typed == [["deploy", USW2]]
    assert terminal.environments[0] == {
        "TF_CLI_ARGS_plan": "-refresh=false",
        "TF_CLI_ARGS_apply": "-refresh=false",
    }
    with pytest.raises(DeliveryFailed, match=f"{USW2}: cdktf ended with 7"):
        Terminal(7).command_line.deploy(USW2)


def test_a_region_without_a_stack_is_refused(settings):
    assert order.of_region(settings, WEST) == USW2
    with pytest.raises(
        SettingsError, match="REGION = eu-west-1: no stack is there; choose us-east-1 or us-west-2"
    ):
        order.of_region(settings, "eu-west-1")


def test_a_command_says_what_it_prints_and_ends_with_its_exit_code(capfd):
    assert cdktf.run([sys.executable, "-c", "import os; print(os.environ['GIVEN']); raise SystemExit(4)"],
        {"GIVEN": "a value"}) == 4  # fmt: skip
    assert capfd.readouterr().out == "a value\n"


def test_ctrl_c_waits_for_terraform_and_tries_nothing_again(monkeypatch, capsys, tmp_path):
    ended = tmp_path / "ended"
    script = (
        "import os, pathlib, signal, time\n"
        "os.kill(os.getppid(), signal.SIGINT)\n"
        "time.sleep(0.2)\n"
        f"pathlib.Path({str(ended)!r}).touch()\n"
        "raise SystemExit(1)\n"
    )
    ran = []

    def run(command, environment):
        ran.append(command)
        return cdktf.run([sys.executable, "-c", script], environment)

    monkeypatch.setattr(entry, "command_line", lambda: CommandLine(run=run, say=lambda _: None))
    monkeypatch.setattr(sys, "argv", ["delivery", "region", WEST])
    with pytest.raises(SystemExit) as stopped:
        entry.main()
    assert (stopped.value.code, len(ran), ended.exists()) == (130, 1, True)
    assert "the same command goes on" in capsys.readouterr().err


@pytest.fixture
def typed(monkeypatch):
    """Type a command of `python -m dr.delivery`; the writer is in the west."""
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "test")
    monkeypatch.setenv("CDKTF_FLAGS", "--skip-provider-lock")

    def typed(*arguments, terminal=None, writer=WEST):
        found = {"us_east_1": writer if isinstance(writer, Exception) else members(writer)}
        aws = answering(**found, us_west_2=Unanswered("not asked"))
        monkeypatch.setattr(entry, "Account", lambda: aws)
        terminal = terminal or Terminal()
        monkeypatch.setattr(cdktf, "run", terminal.run)
        monkeypatch.setattr(entry, "command_line", lambda: terminal.command_line)
        monkeypatch.setattr(sys, "argv", ["delivery", *arguments])
        with pytest.raises(SystemExit) as ended:
            entry.main()
        return ended.value.code, terminal.typed

    return typed


def test_destroy_asks_where_the_writer_is(typed, capsys):
    assert typed("destroy") == (0, [["destroy", one] for one in (WORLD, USE1, USW2, FOUNDATION)])
    assert "the writer is in us-west-2" in capsys.readouterr().out


def test_an_operator_may_say_where_the_writer_is(typed):
    code, stacks = typed("destroy", "--writer", EAST, writer=Unanswered("nobody knows"))
    assert (code, [stack for _, stack in stacks]) == (0, [WORLD, USW2, USE1, FOUNDATION])
    assert typed("destroy", "--writer", "eu-west-1")[0] == 1


def test_a_writer_that_is_unknown_destroys_nothing(typed, capsys):
    assert typed("destroy", writer=Unanswered("east is down")) == (3, [])
    assert "east is down; not asked; say it: make destroy WRITER=REGION" in capsys.readouterr().err


def test_an_error_is_one_line(typed, capsys):
    assert typed("destroy", writer=NoAccess("log in")) == (1, [])
    assert capsys.readouterr().err == "error: log in\n"
    assert typed("region", WEST, terminal=Terminal(1))[0] == 1
    assert typed("region", "eu-west-1") == (1, [])


def test_deploy_region_deploys_one_stack(typed):
    assert typed("region", WEST) == (0, [["deploy", USW2]])


def test_flags_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("CDKTF_FLAGS", "--skip-provider-lock")
    assert entry.command_line().flags == "--skip-provider-lock"
