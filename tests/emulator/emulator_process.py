"""The emulator as the supervisor starts it: a process, a port for each place, a server for its hooks."""

import http.client
import http.server
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ConnectionError as NotConnected
from botocore.exceptions import HTTPClientError

from localcloud.core.paths import EMULATOR_PYTHON, REPOSITORY
from localcloud.core.ports import free_ports

HOME, AWAY, WITNESS = "us-east-1", "us-west-2", "us-east-2"
TOKEN = "run-token"
ACCOUNT = "123456789012"
NO_ANSWER = (NotConnected, HTTPClientError)
"""What boto3 raises where nothing answers."""

PYTHON = os.environ.get("EMULATOR_PYTHON", str(EMULATOR_PYTHON))
SERVE = REPOSITORY / "localcloud" / "emulator" / "serve.py"


class HookServer(http.server.ThreadingHTTPServer):
    """Plays the supervisor: remembers orders and answers with `status`."""

    def __init__(self) -> None:
        self.orders: list[tuple[str, str | None, dict[str, Any]]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Hook)


class _Hook(http.server.BaseHTTPRequestHandler):
    server: HookServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.orders.append((self.path, self.headers["X-Localcloud-Token"], body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Emulator:
    config: dict[str, Any]
    process: "subprocess.Popen[str]"
    hooks: HookServer

    @property
    def operator(self) -> int:
        return int(self.config["operator_port"])

    def client(
        self,
        service: str,
        region: str = HOME,
        *,
        port: int | None = None,
        key: str | None = None,
        within_s: float = 60,
    ) -> Any:
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{port or self.operator}",
            aws_access_key_id=key or self.config["access_key_id"],
            aws_secret_access_key=self.config["secret_access_key"],
            config=Config(retries={"total_max_attempts": 1}, read_timeout=within_s),
        )

    def get(self, port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Status and decoded body of one GET; raises ConnectionError when it is not answered."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            return get(connection, path, headers)
        finally:
            connection.close()

    def front_door(
        self, path: str, region: str = HOME, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        return self.get(self.config["front_doors"][region], path, headers)

    def gate(self, path: str, order: dict[str, Any]) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.operator, timeout=20)
        headers = {"X-Localcloud-Token": TOKEN}
        connection.request("POST", f"/_gate/{path}", json.dumps(order), headers)
        answer = connection.getresponse()
        assert answer.status == 200
        content = json.load(answer)
        connection.close()
        return content

    def kill(self, place: str) -> int:
        return int(self.gate(f"regions/{place}", {"state": "dead"})["killed_processes"])

    def stop(self, region: str) -> int:
        return int(self.gate(f"regions/{region}", {"state": "stopped"})["stopped_processes"])

    def revive(self, place: str) -> None:
        self.gate(f"regions/{place}", {"state": "alive"})

    def link(self, one: str, other: str, *, cut: bool) -> Any:
        return self.gate("links", {"a": one, "b": other, "cut": cut})

    def calls(self) -> list[dict[str, Any]]:
        lines = Path(self.config["calls_log"]).read_text().splitlines()
        return [json.loads(line) for line in lines]


def get(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    return answer.status, json.loads(body) if body else None


@contextmanager
def running(folder: Path, **more: object) -> Iterator[Emulator]:
    hooks = HookServer()
    threading.Thread(target=hooks.serve_forever, daemon=True).start()
    config = _config(folder, hooks.server_port) | more
    path = folder / "config.json"
    path.write_text(json.dumps(config))
    process = subprocess.Popen(
        [PYTHON, str(SERVE), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(folder), "AWS_PROFILE": "somebody"},
    )
    assert process.stdin
    assert process.stdout
    try:
        assert process.stdout.readline() == "ready\n"
        yield Emulator(config, process, hooks)
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()
        hooks.shutdown()
        hooks.server_close()


def _config(folder: Path, hook_port: int) -> dict[str, Any]:
    regions = (HOME, AWAY)
    ports = iter(free_ports(2 + 4 * len(regions)))
    return {
        "operator_port": next(ports),
        "region_ports": {region: next(ports) for region in regions},
        "front_doors": {region: next(ports) for region in regions},
        "peer_doors": {region: next(ports) for region in regions},
        "databases": {region: {"host": "127.0.0.1", "port": next(ports)} for region in regions},
        "hook_url": f"http://127.0.0.1:{hook_port}/hooks",
        "token": TOKEN,
        "account_id": ACCOUNT,
        "access_key_id": "AKIALOCALCLOUDTESTS1",
        "secret_access_key": "only-for-this-run",
        "calls_log": str(folder / "calls.jsonl"),
        "strong_tables": ["lease"],
        "witness": WITNESS,
        "primary_control_region": HOME,
        "dns_port": next(ports),
    }


def eventually(condition: Callable[[], object], within: float = 10) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def process_lives(pid: int) -> bool:
    shown = subprocess.run(
        ["/bin/ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(shown.stdout.strip()) and not shown.stdout.startswith("Z")
