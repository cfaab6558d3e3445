"""CDKTF is archived; its fork keeps the API. Renaming imports must synthesize the same JSON of every system.

Both sides run the same few lines: the real one here, the renamed copy in a virtual environment of its own.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from gates.findings import Finding
from gates.parity import compare
from gates.synthesis import WORK, Document
from localcloud.core.paths import REPOSITORY, STATE

PYTHON = STATE / "fork-venv" / "bin" / "python"
COPIED = ("lib", "budget", "lambda", "apps", "config", "main.py")
RENAMED = (
    (re.compile(r"\bcdktf_cdktf_provider_aws\b"), "cdktn_provider_aws"),
    (re.compile(r"\bcdktf\b(?=[. ])"), "cdktn"),
)
IMPORT = re.compile(r"^\s*(?:from|import) cdktf\b|cdktf_cdktf_provider_aws")
PROGRAM = """
import sys
from pathlib import Path
from main import App, bundle, load_any, registry

bundle.WEB = bundle.TRADING = ()
for system in registry.SYSTEMS:
    output = Path(sys.argv[1]) / system
    code = output / "code"
    code.mkdir(parents=True)
    (code / "handler.py").write_text("")
    app = App(outdir=str(output), stack_traces=False, skip_validation=True)
    registry.build(app, load_any({"SYSTEM": system}), bundle.build(code, output, distributions=()))
    app.synth()
"""
"""Without vendored packages, which the fork's environment does not have. The fork wants to be told for which
version of Terraform it validates, which the original cannot be told: hence skip_validation on both sides."""


def judge(work: Path = WORK) -> list[Finding]:
    """Where the fork's documents differ from ours."""
    home = work / "fork"
    if home.exists():
        shutil.rmtree(home)
    copy = home / "source"
    copy.mkdir(parents=True)
    for name in COPIED:
        _copy(REPOSITORY / name, copy / name)
    for path in [copy / "main.py", *(copy / "lib").rglob("*.py")]:
        path.write_text(renamed(path.read_text()))
    ours = _synthesize(sys.executable, REPOSITORY, home / "ours")
    theirs = _synthesize(str(PYTHON), copy, home / "theirs")
    return [
        Finding("fork", f"{stack}:{path}", text)
        for stack in sorted(ours.keys() | theirs.keys())
        for path, text in compare(ours.get(stack, {}), theirs.get(stack, {}))
        if not path.endswith(".path")  # of a local state: the folder that synthesized
    ]


def renamed(source: str) -> str:
    """*source* with every import of CDKTF turned into one of its fork; nothing else changes."""
    lines = source.splitlines(keepends=True)
    return "".join(_renamed(line) if IMPORT.search(line) else line for line in lines)


def _renamed(line: str) -> str:
    for old, new in RENAMED:
        line = old.sub(new, line)
    return line


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _synthesize(python: str, source: Path, output: Path) -> dict[str, Document]:
    subprocess.run(
        [python, "-c", PROGRAM, str(output)], cwd=source, env=_environment(source), check=True, timeout=300
    )
    return {path.parent.name: json.loads(path.read_text()) for path in output.glob("*/stacks/*/cdk.tf.json")}


def _environment(source: Path) -> dict[str, str]:
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{source}:{source / 'lambda'}"}
    return kept | {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20"}
