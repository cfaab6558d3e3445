"""Every end of a command is an exit code and, with --json, one document of its schema; never a traceback."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from dr import commands, envelope, outputs
from dr import schemas as documented
from dr.__main__ import main
from dr.aws import Cloud
from dr.calls import AwsUnavailable
from dr.deployment import Deployment
from dr.drill.trial import DrillFailed
from dr.ending import Ending
from dr.exits import Exit
from dr.operations import Refused
from failover.approvals import ApprovalsUnavailable
from failover.lease_table import LeaseLost, LeaseUnknown
from failover.takeover import TakeoverNotStarted
from runtime.clock import now_ms

from .test_reasons import answered
from .world import EAST, ENDPOINTS, LEASE, OUTPUTS, WEST

ROOT = Path(__file__).parents[3]


@pytest.fixture
def dr(aws, tmp_path, monkeypatch, capsys):
    """Run `dr` as the shell does: exit code, the document, standard error."""
    path = tmp_path / "flat.json"

    def dr(*arguments, given=True):
        doors = {"api_endpoint_us_east_1": aws.url, "api_endpoint_us_west_2": f"{aws.url}/west"}
        path.write_text(json.dumps(OUTPUTS | doors))
        words = ["dr", *arguments, *(["--outputs", str(path)] if given else [])]
        monkeypatch.setattr("sys.argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        document = json.loads(told.out) if "--json" in arguments and told.out else told.out
        return int(ended.value.code or 0), document, told.err

    return dr


def head(document):
    return document["schema"], document["outcome"], document["exit_code"], document["error"]["kind"]


def test_healthy(aws, dr):
    aws.lease = LEASE
    code, told, _ = dr("status", "--json")
    assert (code, told["schema"], told["outcome"], told["error"]) == (0, "dr/status/1", "done", None)


def test_not_healthy(aws, dr):
    aws.lease = LEASE
    aws.doors["/health/ready"] = 503
    code, told, _ = dr("status", "--json")
    assert (code, told["outcome"], told["exit_code"]) == (5, "unhealthy", 5)
    assert dr("check", "--json")[0] == 5


def test_refused_by_a_rule(aws, dr):
    aws.lease = LEASE
    aws.doors["/health/ready"] = 503
    code, told, err = dr("switchover", "--yes", "--json")
    assert (code, *head(told)) == (4, "dr/switchover/1", "refused", 4, "refused")
    assert "P25" in [found["code"] for found in told["findings"]]
    assert "refused: switchover to" in err


def test_declined_by_a_person(aws, dr, monkeypatch):
    aws.lease = replace(LEASE, expires_at_ms=0)
    monkeypatch.setattr("dr.question.typer.confirm", lambda *_, **__: False)
    code, told, err = dr("reconcile", "--json")
    assert (code, *head(told)) == (4, "dr/reconcile/1", "refused", 4, "declined")
    assert "the answer was no" in err


def test_nobody_is_there_to_answer(aws, dr, monkeypatch):
    def closed(*_, **__):
        raise EOFError

    aws.lease = LEASE
    monkeypatch.setattr("dr.question.typer.confirm", closed)
    code, told, err = dr("reconcile", "--json")
    assert (code, *head(told)) == (2, "dr/reconcile/1", "usage", 2, "usage")
    assert "add --yes" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["plan", "check", "--json"], "'check' is not one of 'switchover', 'failback', 'failover'"),
        (["status", "--json", "--no-such"], "No such option"),
        (["events", "replay", "--json"], "--from"),
        (["rewind", "--json"], "one of --to, --list and --remove"),
        (["no-such", "--json"], "no-such"),
    ],
)
def test_wrong_usage(dr, words, says):
    code, told, err = dr(*words, given=False)
    assert (code, told["outcome"], told["exit_code"], told["error"]["kind"]) == (2, "usage", 2, "usage")
    assert says in told["error"]["message"]
    assert "--help" in err


def test_a_schema_of_nothing_is_wrong_usage(dr):
    code, _, err = dr("schema", "nonsense", given=False)
    assert (code, "nonsense is none of status, check" in err) == (2, True)


def test_no_command_shows_the_help(dr):
    code, out, err = dr(given=False)
    assert (code, "Exit codes: 0 done or healthy" in " ".join((out + err).split())) == (2, True)


def test_unknown(aws, dr):
    aws.lease = LEASE
    aws.refuses = "InternalServerError"
    code, told, _ = dr("pause", "--json")
    assert (code, *head(told)[1:]) == (4, "refused", 4, "lease_unknown")
    code, told, _ = dr("rewind", "--list", "--json")
    assert (code, told["outcome"]) == (3, "unknown")


def test_interrupted(dr, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dr.aws.Cloud.topology", interrupt)
    code, told, err = dr("status", "--json")
    assert (code, *head(told)) == (130, "dr/status/1", "interrupted", 130, "interrupted")
    assert "nothing that was started is stopped" in err


def test_interrupted_before_anything_is_loaded(dr, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "run", interrupt)
    code, told, err = dr("status", "--json")
    assert (code, told["outcome"], "Traceback" in err) == (130, "interrupted", False)


def hears_ctrl_c():
    """Whoever runs in the background ignores it, and so do its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_in_the_first_second_is_one_line():
    """The signal comes while the program is being loaded."""
    typed = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "dr", "status"],
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hears_ctrl_c,
    )
    for line in typed.stderr:
        if "typer" in line:
            typed.send_signal(signal.SIGINT)
            break
    rest = typed.stderr.read()
    assert typed.wait(30) == 130
    assert "Traceback" not in rest
    assert envelope.INTERRUPTED in rest


def test_a_defect_is_one_line_that_says_so(dr, monkeypatch):
    def broken(_):
        raise KeyError("gap")

    monkeypatch.setattr("dr.aws.Cloud.topology", broken)
    code, told, err = dr("status", "--json")
    assert (code, *head(told)) == (1, "dr/status/1", "failed", 1, "defect")
    assert err.startswith("error: dr itself failed (KeyError: 'gap' at test_outcomes.py:")
    assert "Traceback" not in err
    monkeypatch.setenv("DR_TRACEBACK", "1")
    assert "Traceback" in dr("status")[2]


@pytest.mark.parametrize("words", [["schema"], ["budget"], ["budget", "--json"]])
def test_a_full_disk_is_one_line(monkeypatch, capsys, words):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr("sys.argv", ["dr", *words])
        monkeypatch.setattr("sys.stdout", full)
        with pytest.raises(SystemExit) as ended:
            main()
        with suppress(OSError):
            full.close()
    assert ended.value.code == Exit.FAILED
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[:2] for line in lines] == [["error", " what was found cannot be written"]]


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_where_output_is_closed_the_exit_code_tells(monkeypatch, closed):
    monkeypatch.setattr("sys.argv", ["dr", "schema", "status"])
    monkeypatch.setattr(f"sys.{closed}", None)
    with pytest.raises(SystemExit) as ended:
        main()
    getattr(sys, closed).close()
    assert ended.value.code == Exit.DONE


def test_brackets_in_an_error_are_text(dr, monkeypatch):
    def refuse(_):
        raise Refused("[/] is no [region]")

    monkeypatch.setattr("dr.aws.Cloud.topology", refuse)
    assert "[/] is no [region]" in dr("status")[2]


def caused_by(error, cause):
    error.__cause__ = cause
    return error


ENDINGS = [
    (LeaseLost("the lease is now ..."), Exit.REFUSED, "lease_changed", "nothing was changed"),
    (LeaseUnknown("no lease"), Exit.FAILED, "lease", "no lease"),
    (
        caused_by(LeaseUnknown("x"), answered("AccessDenied")),
        Exit.FAILED,
        "access_denied",
        "lease: access denied",
    ),
    (caused_by(LeaseUnknown("x"), answered("Internal", status=500)), Exit.UNKNOWN, "server_error", "lease: "),
    (
        caused_by(ApprovalsUnavailable("x"), answered("Throttling")),
        Exit.FAILED,
        "throttled",
        "approvals: AWS",
    ),
    (
        caused_by(TakeoverNotStarted("x"), answered("Throttling")),
        Exit.FAILED,
        "throttled",
        "not started: AWS",
    ),
    (TakeoverNotStarted("x is running"), Exit.FAILED, "takeover_not_started", "x is running"),
    (answered("AccessDenied"), Exit.FAILED, "access_denied", "access denied"),
    (DrillFailed("no readiness"), Exit.FAILED, "drill", "no readiness"),
    (FileNotFoundError(2, "No such file", "/nope"), Exit.FAILED, "file", "/nope: No such file"),
    (OSError(28, "No space left"), Exit.FAILED, "output", "cannot be written: No space left"),
    (BrokenPipeError(32, "Broken pipe"), Exit.FAILED, "output", "Broken pipe"),
    (ConnectionResetError(104, "reset by peer"), Exit.UNKNOWN, "connection_closed", "reset by peer"),
    (ZeroDivisionError(), Exit.FAILED, "defect", "ZeroDivisionError"),
]


@pytest.mark.parametrize(("error", "code", "kind", "says"), ENDINGS)
def test_an_error_keeps_its_reason(error, code, kind, says):
    told = Ending.of(error)
    assert (told.code, told.kind, says in told.message) == (code, kind, True), told


# what AWS and the functions say


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ([], "has no members"),
        ([(EAST, False), (WEST, False)], "has no writer"),
        ([(EAST, True), (WEST, True)], "has 2 writers (us-east-1, us-west-2)"),
    ],
)
def test_a_global_database_without_one_writer_is_told_and_everything_else_goes_on(aws, dr, members, says):
    aws.lease, aws.members = LEASE, members
    with pytest.raises(AwsUnavailable) as told:
        Cloud(Deployment.of(OUTPUTS | dict.fromkeys(ENDPOINTS, aws.url))).aurora(EAST)
    assert says in str(told.value)
    code, document, _ = dr("check", "--json")
    assert code in {3, 5}
    assert any(says in reason for reason in document["unknown"])
    assert {one["code"]: one["verdict"] for one in document["findings"]}["P45"] == "unknown"


@pytest.mark.parametrize(
    "told",
    [
        {"clock_ms": 1, "database": "replica", "gap": {"compared": 1}, "why": None},
        {"database": "replica", "gap": None},
        ["a", "list"],
        {"clock_ms": "x", "database": "replica", "gap": None},
    ],
)
def test_a_function_of_another_version_is_unknown_and_not_a_traceback(aws, dr, told):
    aws.lease, aws.told = LEASE, told
    code, document, _ = dr("check", "--json")
    assert code in {3, 5}
    assert any("is not understood" in reason for reason in document["unknown"])


def test_a_newer_function_that_tells_more_is_read(aws, dr):
    aws.lease = replace(LEASE, expires_at_ms=now_ms() + 30_000)
    aws.told["gap"] |= {"new_figure": 1}
    aws.told |= {"loss": {"another": "form"}}
    assert dr("check", "--json")[1]["unknown"] == []
    assert "unknown now" in dr("plan", "failover", "--json")[1]["approvals"]


def test_a_permission_that_is_missing_is_said_where_the_lease_would_stand(aws, dr):
    aws.refuses = "AccessDeniedException"
    code, told, _ = dr("status", "--json")
    assert (code, told["lease"]) == (3, None)
    assert all("access denied (AccessDeniedException" in reason for reason in told["unknown"])
    assert "unknown: us-east-1: the lease: access denied" in " ".join(dr("status")[1].split())


def test_credentials_that_expire_in_the_middle_end_the_command(aws, dr):
    aws.lease = LEASE
    aws.refuses_functions = "ExpiredTokenException"
    code, told, _ = dr("check", "--json")
    assert (code, told["error"]["kind"]) == (1, "session_expired")


def test_an_item_that_is_no_lease_is_unknown_with_its_reason(aws, dr):
    aws.lease = LEASE
    aws.item = {"system": {"S": "payments"}}
    code, told, _ = dr("status", "--json")
    assert (code, told["lease_read_in"], len(told["unknown"])) == (3, None, 2)


# from another folder


def test_from_another_folder_it_says_where_the_outputs_are(tmp_path, monkeypatch):
    project = tmp_path / "project"
    (project / "cfn-outputs").mkdir(parents=True)
    (project / "cfn-outputs" / "flat-outputs.json").write_text("{}")
    monkeypatch.setattr(outputs, "PROJECT", project)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        outputs.OutputsError, match=r"not in this folder .* but in the project's: cd .*project"
    ) as told:
        outputs.read(Path("cfn-outputs/flat-outputs.json"))
    assert "deploy first" not in str(told.value)
    monkeypatch.chdir(project)
    with pytest.raises(outputs.OutputsError, match=r"none.json does not exist: deploy first"):
        outputs.read(Path("none.json"))


# what is documented


def test_every_command_has_a_schema_and_dr_prints_it(dr, documents):
    code, out, _ = dr("schema", given=False)
    assert (code, json.loads(out)) == (0, {name: documented.schema(name) for name in documented.CONTENT})
    one = json.loads(dr("schema", "status", given=False)[1])
    assert one["properties"]["schema"] == {"const": "dr/status/1"}


def test_every_command_that_prints_json_has_a_schema():
    names = set()
    for command in commands.app.registered_commands:
        names.add(command.name or command.callback.__name__)
    for group in commands.app.registered_groups:
        prefix = f"{group.name} " if group.name else ""
        for command in group.typer_instance.registered_commands:
            names.add(prefix + (command.name or command.callback.__name__))
    assert names - set(documented.CONTENT) == {"schema"}
