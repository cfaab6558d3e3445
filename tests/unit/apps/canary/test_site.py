"""S08: the canary passes a site that works, and finds each fault that health checks do not see.

It runs in Node as CloudWatch Synthetics runs it: from its zip, beside a module of the runtime's name that
only runs steps. No browser takes part.
"""

import json
import os
import subprocess
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which

import pytest

from lib.bundle import build_canary

ROOT = Path(__file__).resolve().parents[4]
RUNTIME = """exports.synthetics = {
  executeStep: async (name, step) => { console.log(name); return step(); },
};"""
RUN = """require('site').handler().then(
  () => process.exit(0), (error) => { console.log(error.message); process.exit(1); });"""


class Site(BaseHTTPRequestHandler):
    """Answers as the application does; *faults* says what of it is broken."""

    faults: set[str]
    kept: bytes = b"{}"

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == "/sessions/canary":
            self._answer(200, b'{"canary": "old"}' if "stale" in self.faults else type(self).kept)
        elif self.path == "/health/ready":
            self._answer(503 if "unready" in self.faults else 200)
        else:
            threading.Event().wait(0.4 if "slow" in self.faults else 0)
            self._answer(200)

    def do_PUT(self) -> None:
        type(self).kept = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(500 if "unwritable" in self.faults else 201)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def site():
    handler = type("OneSite", (Site,), {"faults": set()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield handler, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def modules(tmp_path):
    with zipfile.ZipFile(build_canary(ROOT, tmp_path / "out").path) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "nodejs" / "node_modules"
    runtime = folder / "@aws" / "synthetics-puppeteer"
    runtime.mkdir(parents=True)
    (runtime / "index.js").write_text(RUNTIME)
    return folder


def run(modules, url):
    told = {"PATH": os.environ["PATH"], "NODE_PATH": str(modules), "SITE": url, "SLOW_MS": "300"}
    node = which("node")
    return subprocess.run(
        [node, "-e", RUN], env=told, capture_output=True, text=True, timeout=60, check=False
    )


def test_S08_a_site_that_works_passes_every_step(modules, site):
    done = run(modules, site[1])
    assert (done.returncode, done.stdout.split()) == (0, ["available", "fast", "works"])


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("unready", "/health/ready answers 503"),
        ("slow", "ms, more than 300"),
        ("unwritable", "a session could not be written: 500"),
        ("stale", "another session came back"),
    ],
)
def test_S08_a_fault_that_a_visitor_would_notice_fails_the_run(modules, site, fault, said):
    handler, url = site
    handler.faults = {fault}
    done = run(modules, url)
    assert done.returncode == 1
    assert said in done.stdout


def test_S08_the_zip_is_the_same_whenever_it_is_built(tmp_path):
    first, second = (build_canary(ROOT, tmp_path / name) for name in ("one", "two"))
    assert (first.sha256, first.path.name) == (second.sha256, second.path.name)
    with zipfile.ZipFile(first.path) as archive:
        assert archive.namelist() == ["nodejs/node_modules/site.js"]
    assert json.dumps(first.from_stack).strip('"').startswith("../../assets/canary-")
