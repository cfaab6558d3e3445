import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from typer.testing import CliRunner

from dr import commands as command
from dr.__main__ import main
from dr.deployment import Deployment
from dr.outputs import OutputsError
from runtime.clock import now_ms

from .world import OUTPUTS


class Region(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(self.server.answers[self.path])
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def region():
    """A region's API: live, and ready or not."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Region)
    server.answers = {"/health/live": 200, "/health/ready": 200}
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def outputs(tmp_path, region):
    path = tmp_path / "flat.json"
    east = f"http://127.0.0.1:{region.server_port}"
    addresses = {"api_endpoint_us_east_1": east, "api_endpoint_us_west_2": "http://127.0.0.1:1"}
    path.write_text(json.dumps(OUTPUTS | addresses))
    return path


def status(*arguments):
    return CliRunner().invoke(command.app, ["status", *map(str, arguments)])


def test_status_shows_the_holder_and_exits_zero(outputs, lease_table):
    lease_table.create(holder="us-east-1", now_ms=now_ms(), ttl_ms=30_000)
    shown = status("--outputs", outputs)
    assert shown.exit_code == 0
    assert "epoch 1, expires in" in shown.output
    assert "TAKING" in next(line for line in shown.output.splitlines() if "us-east-1" in line)
    assert "unreachable" in next(line for line in shown.output.splitlines() if "us-west-2" in line)


def test_status_says_how_long_ago_the_lease_expired(outputs, lease_table):
    lease_table.create(holder="us-east-1", now_ms=now_ms() - 60_000, ttl_ms=1)
    assert re.search(r"expired 6\d s ago", status("--outputs", outputs).output)


def test_status_in_json_carries_the_lease_and_every_region(outputs, lease_table):
    lease_table.create(holder="us-east-1", now_ms=now_ms(), ttl_ms=30_000)
    shown = json.loads(status("--outputs", outputs, "--json").stdout)
    assert shown["lease"]["holder"] == "us-east-1"
    assert 0 < shown["lease"]["expires_in_s"] <= 30
    assert {view["region"]: view["ready"] for view in shown["regions"]} == {
        "us-east-1": "yes",
        "us-west-2": "unreachable",
    }


def test_no_ready_region_is_not_healthy_and_no_lease_is_said(outputs, lease_table, region):
    region.answers["/health/ready"] = 503
    shown = status("--outputs", outputs)
    assert shown.exit_code == 5
    assert "no lease yet" in shown.output


def test_a_lease_that_no_region_can_read_is_unknown_not_absent(outputs, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    shown = status("--outputs", outputs)
    assert "lease unknown" in shown.output
    assert json.loads(status("--outputs", outputs, "--json").stdout)["lease"] is None


def test_outputs_flattens_what_cdktf_wrote(tmp_path):
    written, flat = tmp_path / "outputs.json", tmp_path / "flat.json"
    written.write_text(json.dumps({"stack": {"url": "x"}}))
    done = CliRunner().invoke(command.app, ["outputs", str(written), "--outputs", str(flat)])
    assert (done.exit_code, json.loads(flat.read_text())) == (0, {"url": "x"})
    done = CliRunner().invoke(command.app, ["outputs", str(written), "--outputs", str(flat), "--json"])
    assert (json.loads(done.stdout)["outputs"], json.loads(done.stdout)["file"]) == (1, str(flat))


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ({}, "api_endpoint_<region>"),
        ({"api_endpoint_us_east_1": "x", "system": "payments"}, "'lease_table' is missing"),
        ({"api_endpoint_us_east_1": "x", "system": "webapp"}, r"two regions \(these are of webapp\)"),
    ],
)
def test_incomplete_outputs_say_what_to_deploy(outputs, message):
    with pytest.raises(OutputsError, match=message):
        Deployment.of(outputs)


def test_a_known_error_is_one_line_without_a_traceback(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["dr", "status", "--outputs", str(tmp_path / "none.json")])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    assert capsys.readouterr().err.strip().endswith("deploy first (make up, or make deploy)")
