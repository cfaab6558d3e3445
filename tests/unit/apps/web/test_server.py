"""The process: it ends by SIGTERM without losing a request, and keeps connections longer than a balancer."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import trustme
from moto import mock_aws
from starlette.formparsers import MultiPartParser

from apps.serving import server
from apps.web import __main__
from apps.web.composition import compose, users_from
from apps.web.files import MOST_BYTES
from apps.web.settings import Settings
from localcloud.core.ports import free_port
from runtime.environment import BadEnvironment
from runtime.parameters import Parameters, ParameterUnavailable
from tests.unit import emulated

from .conftest import Browser, served

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what is asserted
ROOT = Path(__file__).resolve().parents[4]
SLOW = """
import asyncio, sys
sys.path[:0] = sys.argv[2:]
from apps.serving.server import server

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for word in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{word}.complete"})
        return
    print("begun", flush=True)
    await asyncio.sleep(1)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"done"})

server(app, host="127.0.0.1", port=int(sys.argv[1])).run()
"""
ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "PARAMETER_PREFIX": "/webapp-test",
    "BUNDLE_VERSION": "1",
    "SCHEME": "https",
    "PORT": "8080",
}


def connected(port: int) -> http.client.HTTPConnection:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_W04_after_SIGTERM_what_was_begun_is_answered_and_nothing_new_is_taken():
    port = free_port()
    program = [sys.executable, "-c", SLOW, str(port), str(ROOT), str(ROOT / "lambda")]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        try:
            connection = connected(port)
            connection.request("GET", "/")
            assert process.stdout.readline() == "begun\n"
            process.send_signal(signal.SIGTERM)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"done")
            assert connection.sock.recv(1) == b""
            assert process.wait(30) in {0, -signal.SIGTERM}
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=5)
        finally:
            process.kill()


def test_W03_connections_outlive_the_idle_time_of_a_load_balancer_and_ends_fit_a_deregistration():
    config = server.server(None, host="127.0.0.1", port=1).config
    assert config.timeout_keep_alive > 60
    assert config.timeout_graceful_shutdown < 30


def test_a_connection_is_kept_for_the_next_request(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for _ in range(2):
        connection.request("GET", "/health/live")
        answer = connection.getresponse()
        answer.read()
        assert not answer.will_close
    connection.close()


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_variable_that_is_missing_is_named(name):
    with pytest.raises(BadEnvironment, match=name):
        Settings.from_env({**ENVIRONMENT, name: " "})


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "0"), ("PORT", "65536"), ("PORT", "x"), ("SCHEME", "ftp")]
)
def test_a_variable_that_is_no_such_value_is_named_with_it(name, value):
    with pytest.raises(BadEnvironment, match=f"{name} must be .*{value}"):
        Settings.from_env({**ENVIRONMENT, name: value})


def test_the_variables_are_read():
    settings = Settings.from_env({**ENVIRONMENT, "HOST": "127.0.0.1"})
    assert (settings.host, settings.port, settings.version) == ("127.0.0.1", 8080, "1")
    assert Settings.from_env(ENVIRONMENT).host == EVERYWHERE


@pytest.fixture
def aws(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        monkeypatch.setattr("apps.web.composition.client", lambda service, **_: emulated.client(service))
        yield emulated.client("ssm")


@pytest.mark.parametrize("hosts", ["127.0.0.1,other", None])
def test_the_process_serves_over_AWS_and_looks_at_its_databases_meanwhile(aws, hosts):
    nobody = f"127.0.0.1:{free_port()}"
    values = {"files/bucket": "files", "db/writer": nobody, "db/replica": nobody, "db/name": "web"}
    values |= {"db/secret": "database", **({"db/hosts": hosts} if hosts else {})}
    for name, value in values.items():
        aws.put_parameter(Name=f"/webapp-test/{name}", Value=value, Type="String")
    authority = trustme.CA().cert_pem.bytes().decode()
    secret = json.dumps({"username": "web", "password": "p", "ca": authority})
    emulated.client("secretsmanager").create_secret(Name="database", SecretString=secret)
    with served(compose(Settings.from_env(ENVIRONMENT))) as port:
        browser = Browser(port)
        assert browser.get("/version").body == b'{"version":"1"}'
        deadline = time.monotonic() + 30
        while b"null" in browser.get("/health/ready").body:  # until both were asked for the first time
            assert time.monotonic() < deadline
            time.sleep(0.05)
        ready = browser.get("/health/ready")
        assert (ready.status, ready.body) == (503, b'{"ready":false,"writer":false,"replica":false}')
        assert browser.get("/").status == 503


def test_S02_with_a_service_of_sessions_it_asks_that_one_and_reports_nothing(aws, monkeypatch):
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 1024)
    aws.put_parameter(Name="/webapp-test/files/bucket", Value="files", Type="String")
    nobody = f"http://127.0.0.1:{free_port()}"
    with served(compose(Settings.from_env({**ENVIRONMENT, "SESSIONS_URL": nobody}))) as port:
        assert Browser(port).get("/sessions/canary").status == 503
        assert {"writer", "replica"} <= (names := {one.name for one in threading.enumerate()})
        assert "report" not in names
    assert MultiPartParser.spool_max_size > MOST_BYTES  # nothing of an upload is written to a disk


@pytest.mark.parametrize("sessions_url", ["", "http://sessions.internal:8080"])
def test_S10_a_task_reads_an_encrypted_parameter_where_an_instance_reads_the_secret(aws, sessions_url):
    aws.put_parameter(Name="/webapp-test/web/secret", Value="web", Type="String")
    aws.put_parameter(Name="/webapp-test/web/users", Value="of the parameter", Type="SecureString")
    secrets = emulated.client("secretsmanager")
    secrets.create_secret(Name="web", SecretString="of the secret")
    settings = Settings.from_env({**ENVIRONMENT, "SESSIONS_URL": sessions_url})
    read = users_from(settings, Parameters(aws, "/webapp-test"), secrets)
    assert read() == ("of the parameter" if sessions_url else "of the secret")


def test_without_a_bucket_it_does_not_start(aws):
    with pytest.raises(ParameterUnavailable, match="files/bucket"):
        compose(Settings.from_env(ENVIRONMENT))


def test_main_serves_where_the_environment_says(monkeypatch, aws):
    seen = {}

    class Recorded:
        def run(self):
            seen["ran"] = True

    monkeypatch.setattr(__main__, "compose", lambda settings: settings.version)
    monkeypatch.setattr(__main__, "server", lambda app, **where: seen.update(where, app=app) or Recorded())

    __main__.main()
    assert seen == {"app": "1", "host": EVERYWHERE, "port": 8080, "ran": True}
