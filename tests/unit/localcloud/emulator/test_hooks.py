import http.server
import json
import threading

import pytest

from localcloud.emulator.hooks import HookFailedError, Hooks


class Supervisor(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.asked = (
            self.path,
            self.headers["X-Localcloud-Token"],
            json.loads(self.rfile.read(int(self.headers["Content-Length"]))),
        )
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def supervisor():
    server = http.server.HTTPServer(("127.0.0.1", 0), Supervisor)
    server.status = 200
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hooks(supervisor):
    return Hooks(f"http://127.0.0.1:{supervisor.server_port}/hooks", "run-token")


def test_an_order_arrives_with_the_runs_token(hooks, supervisor):
    hooks.call("promote", {"to_region": "us-west-2"})
    assert supervisor.asked == ("/hooks/promote", "run-token", {"to_region": "us-west-2"})


def test_an_order_that_was_not_carried_out_fails_without_showing_its_values(hooks, supervisor):
    supervisor.status = 500
    with pytest.raises(HookFailedError, match=r"database.*password.*500") as failed:
        hooks.call("database", {"password": "secret-word"})
    assert "secret-word" not in str(failed.value)


def test_a_supervisor_that_is_gone_fails_the_order(hooks, supervisor):
    supervisor.server_close()
    with pytest.raises(HookFailedError):
        Hooks("http://127.0.0.1:9/hooks", "x").call("promote", {})
