"""One run of a canary: its script in Node, and what came of it as metrics."""

import io
import json
import os
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which

RUNTIME = Path(__file__).with_name("runtime")
MODULES = "nodejs/node_modules"
_RATE = re.compile(r"rate\((\d+) minutes?\)")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the script."""

    name: str
    passed: bool
    ms: float


@dataclass(frozen=True, slots=True)
class CanaryRun:
    """What came of one run."""

    failure: str
    """Why it failed; empty when it passed."""
    ms: float
    steps: tuple[Step, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the script ended without an error."""
        return not self.failure


def every_s(expression: str) -> float:
    """Seconds between runs. Raises ValueError for a schedule that is no rate in minutes."""
    if not (found := _RATE.fullmatch(expression)):
        raise ValueError(f"{expression}: only rate(N minutes) is known here")
    return 60.0 * int(found[1])


def fly(code: bytes, handler: str, told: Mapping[str, str], *, dns_port: int, within_s: float) -> CanaryRun:
    """Run the script of the zip *code*; what cannot be run fails as a run does."""
    module, _, function = handler.rpartition(".")
    with tempfile.TemporaryDirectory(prefix="canary-") as folder:
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            archive.extractall(folder)
        environment = {
            **told,
            "PATH": os.environ["PATH"],
            "DNS_PORT": str(dns_port),
            "NODE_PATH": f"{folder}/{MODULES}:{RUNTIME}",
        }
        try:
            done = subprocess.run(
                [which("node") or "node", str(RUNTIME / "run.js"), module, function],
                cwd=folder,
                env=environment,
                timeout=within_s,
                capture_output=True,
                text=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return CanaryRun(f"no result within {within_s:g} s", 1000 * within_s)
    return _read(done.stdout) or CanaryRun(f"no result: {done.stderr.strip()[-200:]}", 0.0)


def _read(printed: str) -> CanaryRun | None:
    try:
        told = json.loads(printed.splitlines()[-1])
        steps = tuple(Step(one["name"], one["passed"], one["ms"]) for one in told["steps"])
        return CanaryRun(told["failure"], told["ms"], steps)
    except (IndexError, ValueError, KeyError, TypeError):
        return None


def metrics(canary: str, run: CanaryRun) -> Iterator[dict[str, object]]:
    """What a run tells CloudWatch of itself and of each step, as PutMetricData takes it.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_metrics.html
    """
    yield _datum("SuccessPercent", 100.0 * run.passed, "Percent", CanaryName=canary)
    yield _datum("Failed", float(not run.passed), "Count", CanaryName=canary)
    yield _datum("Duration", run.ms, "Milliseconds", CanaryName=canary)
    for step in run.steps:
        of_step = {"CanaryName": canary, "StepName": step.name}
        yield _datum("SuccessPercent", 100.0 * step.passed, "Percent", **of_step)
        yield _datum("Duration", step.ms, "Milliseconds", **of_step)


def _datum(name: str, value: float, unit: str, **dimensions: str) -> dict[str, object]:
    named = [{"Name": dimension, "Value": of} for dimension, of in dimensions.items()]
    return {"MetricName": name, "Value": value, "Unit": unit, "Dimensions": named}
