"""A configuration, requests and an emulator that only echoes, for tests of the gate."""

import json
import signal
from pathlib import Path
from typing import Any

from localcloud.emulator.asgi import Head
from localcloud.emulator.calls import CallLog
from localcloud.emulator.clocks import Clocks
from localcloud.emulator.config import EmulatorConfig, parse
from localcloud.emulator.connections import Connections
from localcloud.emulator.control import Control
from localcloud.emulator.flapping import Flapping
from localcloud.emulator.gate import Gate
from localcloud.emulator.managed_failover import ManagedFailovers
from localcloud.emulator.regions import RegionStates
from localcloud.emulator.sabotage import Sabotage
from localcloud.emulator.throttling import Throttling

HOME, AWAY, WITNESS = "us-east-1", "us-west-2", "us-east-2"
OPERATOR_PORT, TOKEN = 4000, "run-token"
RAW: dict[str, Any] = {
    "operator_port": OPERATOR_PORT,
    "region_ports": {HOME: 4001, AWAY: 4002},
    "front_doors": {HOME: 5001, AWAY: 5002},
    "peer_doors": {HOME: 5011, AWAY: 5012},
    "databases": {HOME: {"host": "127.0.0.1", "port": 6001}, AWAY: {"host": "127.0.0.1", "port": 6002}},
    "hook_url": "http://127.0.0.1:7000/hooks",
    "token": TOKEN,
    "account_id": "123456789012",
    "access_key_id": "AKIAOPERATOR",
    "secret_access_key": "secret",
    "calls_log": "calls.jsonl",
    "strong_tables": ["lease"],
    "witness": WITNESS,
    "primary_control_region": HOME,
}


def authorization(service: str, region: str = HOME, key: str = "AKIAOPERATOR") -> str:
    return f"AWS4-HMAC-SHA256 Credential={key}/20260102/{region}/{service}/aws4_request, Signature=0"


def head(
    port: int = OPERATOR_PORT,
    path: str = "/",
    method: str = "POST",
    headers: dict[str, str] | None = None,
) -> Head:
    return Head(port, method, path, "", headers or {})


class Directory:
    """One role session, one API a region."""

    def role_of(self, access_key: str) -> str | None:
        return {"ASIAKEEPER": "keeper", "ASIASTEPS": "payments-steps"}.get(access_key)

    def http_api(self, region: str, named: str | None) -> str | None:
        only = {HOME: "aaaa1111", AWAY: "bbbb2222"}[region]
        return only if named in (None, only) else None


class World:
    """A gate over an emulator that answers 200 with the path it saw."""

    def __init__(self, folder: Path) -> None:
        self.config: EmulatorConfig = parse({**RAW, "calls_log": str(folder / "calls.jsonl")})
        self.regions = RegionStates(self.config.regions, witness=WITNESS, control_home=HOME)
        self.log = CallLog(self.config.calls_log)
        self.clocks = Clocks(self.config.regions)
        self.managed = ManagedFailovers()
        self.hung_up: list[int] = []
        self.killed: list[str] = []
        self.signalled: list[tuple[str, signal.Signals]] = []
        self.seen: list[tuple[str, bytes]] = []
        self.while_answering = lambda: None
        self.gate = Gate(
            app=self.emulator,
            config=self.config,
            regions=self.regions,
            directory=Directory(),
            log=self.log,
            control=Control(
                config=self.config,
                regions=self.regions,
                connections=Connections(),
                kill_workers=self.kill_workers,
                signal_workers=self.signal_workers,
                flapping=Flapping(),
                sabotage=Sabotage(),
                throttling=Throttling(),
                clocks=self.clocks,
                managed=self.managed,
            ),
            hang_up=lambda scope: self.hung_up.append(scope["server"][1]),
            clock=lambda: 1_700_000_000.5,
        )

    def kill_workers(self, region: str) -> int:
        self.killed.append(region)
        return 3

    def signal_workers(self, region: str, number: signal.Signals) -> int:
        self.signalled.append((region, number))
        return 2

    async def emulator(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            body = (await receive())["body"]
            self.seen.append((scope["path"], body))
            self.while_answering()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": json.dumps(scope["path"]).encode()})

    async def request(
        self, port: int, path: str = "/", *, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> tuple[int | None, Any]:
        """Status and decoded body of the answer; None without one."""
        incoming = [
            {"type": "http.request", "body": body[:3], "more_body": True},
            {"type": "http.request", "body": body[3:], "more_body": False},
            {"type": "http.disconnect"},
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            return incoming.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        given = {"host": "127.0.0.1", **(headers or {})}
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "server": ("127.0.0.1", port),
            "client": ("127.0.0.1", 1),
        }
        await self.gate(scope, receive, send)
        if not sent:
            return None, None
        return sent[0]["status"], json.loads(sent[1]["body"])

    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.config.calls_log.read_text().splitlines()]
