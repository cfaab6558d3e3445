"""Each way in which `dr` cannot work is one line and an exit code; a lost region is none of them."""

import json
import re
import socket
import time
from dataclasses import replace

import boto3
import pytest
from botocore.exceptions import ConfigParseError, NoCredentialsError, ProfileNotFound

from dr import calls
from dr.__main__ import main
from dr.errors import StillWorking
from dr.topology import PROBE_S
from failover.lease import Automation, Kind, LeaseState
from runtime.clock import now_ms

from .black_hole import black_holes, resolving_to
from .world import EAST, ENDPOINTS, LEASE, OUTPUTS, WEST


@pytest.fixture
def dr(aws, tmp_path, monkeypatch, capsys):
    """Run `dr` as the shell does: its exit code, and what it said on standard output and error."""
    path = tmp_path / "flat.json"

    def dr(*arguments, outputs=None):
        path.write_text(json.dumps(outputs or OUTPUTS | dict.fromkeys(ENDPOINTS, aws.url)))
        monkeypatch.setattr("sys.argv", ["dr", *arguments, "--outputs", str(path)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return dr


def one_line(told, *says):
    code, out, err = told
    assert (code, out, err.count("\n"), err.startswith("error: ")) == (1, "", 1, True), err
    for text in says:
        assert text in err


COMMANDS = (["status"], ["check"], ["plan", "failover"], ["failover", "--yes"], ["ack"], ["drill", "--yes"])


@pytest.mark.parametrize("arguments", COMMANDS)
@pytest.mark.parametrize(
    ("refuses", "says"),
    [
        ("ExpiredTokenException", "session has expired"),
        ("UnrecognizedClientException", "not accepted"),
        ("ResourceNotFoundException", "no table payments-lease-test in us-east-1, us-west-2"),
    ],
)
def test_credentials_and_environments_that_lead_nowhere(aws, dr, tmp_path, *, arguments, refuses, says):
    aws.refuses = refuses
    at = ["--evidence", str(tmp_path / "evidence")] if arguments[0] == "drill" else []
    code, _, err = dr(*arguments, *at)
    assert (code, says in err.splitlines()[-1]) == (1, True)


@pytest.mark.parametrize("error", [NoCredentialsError(), ProfileNotFound(profile="none")])
def test_no_credentials(aws, dr, monkeypatch, error):
    def client(*_, **__):
        raise error

    monkeypatch.setattr(calls.boto3, "client", client)
    one_line(dr("status"), "no AWS credentials", "localcloud env")


def test_no_credentials_are_found_when_they_are_needed(aws, dr, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it would remember those of another test
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    one_line(dr("status"), "no AWS credentials")
    one_line(dr("rewind", "--list"), "no AWS credentials")


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        ({"lease_ttl_s": "soon"}, "invalid literal for int() with base 10: 'soon'"),
        ({"profile": "precious"}, "'precious' is not a valid Profile"),
        ({"lease_ttl_s": None}, "'None'"),
        ({"lease_ttl_s": []}, "'[]'"),
        ({"clock_skew_s": 1e999}, "'inf'"),
        ({"failback_soak_s": "-1"}, "failback_soak_s is -1"),
        ({"profile": ["ephemeral"]}, "profile is ['ephemeral']"),
        ({"lease_table": None}, "lease_table is None"),
        ({"steps_function_us_west_2": " "}, "steps_function_us_west_2 is ' '"),
        ({"api_endpoint_us_east_1": "ftp://east"}, "api_endpoint_us_east_1 is 'ftp://east'"),
        ({"api_endpoint_us_east_1": "http://[::1"}, "IPv6"),
        ({"api_endpoint_us_east_1": "http://east:99999"}, "Port out of range"),
        ({"home_region": "mars"}, "home_region is 'mars', and regions are deployed in us-east-1, us-west-2"),
    ],
)
def test_outputs_that_no_deploy_wrote(dr, outputs, says):
    one_line(dr("status", outputs=OUTPUTS | ENDPOINTS | outputs), says, "deploy again")


def test_outputs_that_cannot_be_read(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["dr", "status", "--outputs", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    one_line((ended.value.code, "", capsys.readouterr().err), "cannot be read: Is a directory")


def test_ctrl_c_is_said_and_has_its_own_exit_code(dr, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dr.aws.Cloud.topology", interrupt)
    code, out, err = dr("status")
    assert (code, out, "nothing that was started is stopped" in err) == (130, "", True)


def test_what_aws_has_not_finished_is_exit_code_three(dr, monkeypatch):
    def wait(*_, **__):
        raise StillWorking("type the same command again")

    monkeypatch.setattr("dr.rewind.work.make", wait)
    monkeypatch.setattr("dr.rewind.command.Clones.source", lambda _: Source())
    code, _, err = dr("rewind", "--to", "latest", "--region", EAST, "--yes")
    assert (code, err) == (3, "unknown: type the same command again\n")


class Source:
    """Stands for a cluster that can be cloned."""

    name, latest = "ledger", __import__("datetime").datetime(2026, 1, 1, tzinfo=None)


# the lost region


@pytest.mark.parametrize("arguments", [["status", "--json"], ["check", "--json"]])
def test_with_a_region_of_black_holes_a_look_takes_less_than_ten_seconds(aws, dr, monkeypatch, arguments):
    aws.lease = replace(LEASE, holder=WEST, previous_holder=EAST)
    monkeypatch.setattr("dr.waiting.SILENT_S", 2.0)
    monkeypatch.setattr("dr.topology.PROBE_S", PROBE_S)
    real = socket.getaddrinfo
    with black_holes("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5") as gone:
        swallowing = resolving_to(gone)
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *a, **k: (swallowing if host == "gone.test" else real)(host, *a, **k),
        )
        outputs = OUTPUTS | {
            "api_endpoint_us_east_1": "https://gone.test",
            "api_endpoint_us_west_2": aws.url,
        }
        began = time.monotonic()
        code, out, err = dr(*arguments, outputs=outputs)
        assert time.monotonic() - began < 10
    told = json.loads(out)
    assert (code, told["exit_code"]) == ((0, 0) if arguments[0] == "status" else (5, 5))
    # Of a name's own time and that of all names, whichever ends first says so.
    assert re.search(r"us-east-1: its API: .*no answer (in time|within 3.5 s)", "\n".join(told["unknown"]))
    assert re.match(r"waiting for us-east-1/health/live, us-east-1/health/ready.*: \d s, at most 4 s", err)


@pytest.fixture
def lost(aws, dr):
    """The east is dead, the west answers; every call that names the east fails the test."""
    expired = replace(LEASE, expires_at_ms=now_ms() - 60_000)
    aws.lease = expired
    aws.told |= {"database": "replica"}
    outputs = OUTPUTS | {"api_endpoint_us_east_1": "http://127.0.0.1:1", "api_endpoint_us_west_2": aws.url}

    def run(*arguments):
        told = dr(*arguments, outputs=outputs)
        assert {region for region, _ in aws.calls} <= {WEST}, aws.calls
        return told

    return run


def test_B03_no_command_of_a_disaster_calls_the_lost_region(aws, lost):
    code, out, _ = lost("status", "--json")
    assert (code, json.loads(out)["lease_read_in"]) == (5, WEST)
    assert lost("plan", "failover", "--json")[0] == 0
    assert lost("check", "--json")[0] == 5
    aws.updates = lambda lease: lease.taken_over(by=WEST, now_ms=aws.told["clock_ms"], ttl_ms=30_000)
    code, _, err = lost("failover", "--yes")
    assert (code, "us-west-2 serves" in err) == (0, True)
    aws.lease = replace(aws.lease, state=LeaseState.ACTIVE, kind=Kind.FAILOVER, automation=Automation.PAUSED)
    aws.updates = lambda lease: replace(lease, automation=Automation.RUNNING, acknowledged_epoch=lease.epoch)
    assert lost("ack")[:2] == (0, "automation RUNNING in epoch 4\n")
    assert (WEST, "StartExecution") in aws.calls


def test_B03_with_every_front_door_shut_the_lease_is_still_asked_for_everywhere(aws, dr):
    outputs = OUTPUTS | dict.fromkeys(ENDPOINTS, "http://127.0.0.1:1")
    aws.lease = LEASE
    code, out, _ = dr("status", "--json", outputs=outputs)
    assert (code, json.loads(out)["lease_read_in"]) == (3, EAST)


@pytest.mark.parametrize("arguments", COMMANDS[:-1])
def test_outputs_of_another_environment_are_told(aws, dr, arguments):
    aws.lease = replace(LEASE, holder="eu-west-1")
    one_line(dr(*arguments), "held by eu-west-1", "know us-east-1, us-west-2", "another environment's")


@pytest.mark.parametrize("error", [ValueError("Invalid endpoint: x"), ConfigParseError(path="~/.aws/config")])
def test_settings_of_aws_that_make_no_sense_are_told(aws, dr, monkeypatch, error):
    def client(*_, **__):
        raise error

    monkeypatch.setattr(calls.boto3, "client", client)
    one_line(dr("status"), f"AWS is not set up here: {error}", "variables AWS_*")
