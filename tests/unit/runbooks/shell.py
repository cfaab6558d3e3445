"""A shell in which a runbook is pasted.

`aws` is checked against AWS's own models and answered by the stage, `dr` is the real command on a cloud in
memory. Every block runs in bash with -eu, as the reader would paste it.
"""

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

from botocore import xform_name
from typer.testing import CliRunner

from dr import approve, automation, check, commands, operate, status
from dr.ending import Ending
from dr.exits import Exit
from localcloud.aws_cli import Command
from tests.unit import emulated

LOOKS = frozenset({Exit.DONE, Exit.UNKNOWN, Exit.UNHEALTHY})
"""How a command that only looks may end in a disaster."""
LOOKING = frozenset({"status", "check"})
SHIM = r"""#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/PORT
printf '%s\0' $(($# + 2)) "${0##*/}" "${AWS_REGION-}" "$@" >&3
for part in code out err; do IFS= read -r -d '' "$part" <&3; done
printf '%s' "$out"
printf '%s' "$err" >&2
exit "$code"
"""
"""What stands for a command asks the test, in words that end with a NUL. Python would start much slower."""


class NotAsWritten(AssertionError):
    """A command of a runbook does not do what the runbook says."""


@dataclass(frozen=True)
class Call:
    """One call of AWS that a block made."""

    region: str
    service: str
    operation: str
    asked: dict[str, Any]


@dataclass
class Shell:
    """What a block runs in, and what it did."""

    cloud: Any
    answers: dict[str, Any]
    """Canned answers by operation; what changes the lease or reads a parameter is real, emulated."""
    folder: Path
    calls: list[Call] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    typed: list[tuple[list[str], int]] = field(default_factory=list)

    def paste(self, script: str) -> str:
        """Run the script; what it printed. Raises NotAsWritten."""
        with self._serving() as port:
            for name in ("aws", "dr", "curl"):
                shim = self.folder / name
                shim.write_text(SHIM.replace("PORT", str(port)))
                shim.chmod(0o755)
            done = subprocess.run(
                ["/bin/bash", "-eu", "-o", "pipefail", "-c", script],
                env={"PATH": f"{self.folder}:{os.environ['PATH']}"},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        if done.returncode:
            raise NotAsWritten(f"exit code {done.returncode}: {done.stderr}\n{script}")
        return done.stdout

    def answer(self, name: str, words: list[str], region: str | None) -> dict[str, Any]:
        """What the command prints, and its exit code."""
        try:
            if name == "dr":
                return self._dr(words)
            out = self._curl(words) if name == "curl" else self._aws(words, region or "")
        except Exception as error:  # noqa: BLE001 - the block fails, and the test shows why
            return {"out": "", "err": f"{name} {' '.join(words)}: {type(error).__name__}: {error}", "code": 1}
        return {"out": out, "err": "", "code": 0}

    def _dr(self, words: list[str]) -> dict[str, Any]:
        done = CliRunner().invoke(commands.app, [*words, "--outputs", self.cloud.outputs], input="y\n")
        code, err = int(done.exit_code), done.stderr
        if done.exception and not isinstance(done.exception, SystemExit):
            told = Ending.of(done.exception)
            code, err = int(told.code), told.message
        self.typed.append((words, code))
        if words[0] in LOOKING and code in LOOKS:
            code = 0
        return {"out": done.stdout, "err": err, "code": code}

    def _curl(self, words: list[str]) -> str:
        self.urls.append(words[-1])
        return "200"

    def _aws(self, words: list[str], region: str) -> str:
        command = Command.parse(words, region or None)
        self.calls.append(Call(command.region, command.service, command.operation, dict(command.asked)))
        return command.show(self._answer(command.service, command.operation, dict(command.asked)))

    def _answer(self, service: str, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        if operation in self.answers:
            told = self.answers[operation]
            return dict(told(asked) if callable(told) else told)
        if service not in {"dynamodb", "ssm"}:
            raise NotAsWritten(f"the stage has no answer to {service} {operation}")
        return dict(getattr(emulated.client(service), xform_name(operation))(**asked))

    @contextmanager
    def _serving(self):
        shell = self

        class Handler(StreamRequestHandler):
            def handle(self):
                name, region, *words = [self._word() for _ in range(int(self._word()))]
                told = shell.answer(name, words, region or None)
                for part in (told["code"], told["out"], told["err"]):
                    self.wfile.write(f"{part}\0".encode())

            def _word(self):
                return b"".join(iter(lambda: self.rfile.read(1), b"\0")).decode()

        server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            server.server_close()


def with_cloud(monkeypatch, cloud):
    """Every command of `dr` finds this cloud behind the outputs."""
    for module in (approve, automation, check, operate, status):
        monkeypatch.setattr(module, "Cloud", lambda _: cloud)
