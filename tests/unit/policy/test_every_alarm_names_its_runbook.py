"""P10: whoever is called knows what to read, and what it says can be pasted."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from botocore import xform_name

from failover.decision import Rule
from lib.failover.log_metrics import PAGES
from localcloud.aws_cli import SERVICES
from tests.unit import emulated

RUNBOOKS = Path(__file__).resolve().parents[3] / "docs" / "runbooks"
WRITTEN = sorted(RUNBOOKS.glob("*.md"))
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation", "Rule", "Undo"]
NAMED = re.compile(r"Runbook: docs/runbooks/([\w-]+)\.md$")
SCRIPT = re.compile(r"```sh\n(.*?)```", re.DOTALL)
INNERMOST = re.compile(r"\$\(([^()]*)\)")
"""A command substitution without another one in it."""
NAME = re.compile(r"(?<![\w$-])[a-z\d][a-z\d-]*-(?:\$HERE-)?\$SUFFIX")
"""A whole name: what a reader puts in is none."""
RESTORED = "single-region-restored-"
"""What a runbook itself makes."""
START = re.compile(r"^(\w+=)?aws [a-z]")
OF_THE_COMMAND_LINE = {"output", "query", "region"}


def scripts(path: Path) -> list[str]:
    return SCRIPT.findall(path.read_text())


def aws_calls(text: str) -> list[list[str]]:
    """The words of every `aws` command, also of those inside $( ... )."""
    flat = text.replace("\\\n", " ")
    found = []
    while inner := INNERMOST.search(flat):
        found += aws_calls(inner[1])
        flat = flat.replace(inner[0], "VALUE")
    return found + [
        shlex.split(line[line.index("aws ") :]) for line in flat.splitlines() if START.search(line)
    ]


CALLS = [(path, call) for path in WRITTEN for script in scripts(path) for call in aws_calls(script)]


def runbooks_named(resources) -> dict[str, str]:
    described = {str(r): r.body["alarm_description"] for r in resources if r.type.endswith("_alarm")}
    return {alarm: NAMED.search(text)[1] for alarm, text in described.items() if NAMED.search(text)}


def test_P10_every_alarm_names_a_runbook_that_exists(any_resources):
    named = runbooks_named(any_resources)
    assert named.keys() == {str(r) for r in any_resources if r.type.endswith("_alarm")}
    assert {alarm: name for alarm, name in named.items() if not (RUNBOOKS / f"{name}.md").exists()} == {}


def test_P10_no_runbook_is_forgotten_by_its_alarm(resources, webapp, single_region, trading):
    others = [*webapp.values(), *single_region.values(), *trading.values()]
    every = [*resources, *(one for stack in others for one in stack.resources())]
    assert {path.stem for path in WRITTEN} == set(runbooks_named(every).values())


def names(path: Path) -> set[str]:
    """What the commands of a runbook name, in the region of its first line."""
    here = re.search(r"HERE=(\w+)", path.read_text())
    found = {name for script in scripts(path) for name in NAME.findall(script)}
    return {name.replace("$HERE", here[1] if here else "").replace("$SUFFIX", "test") for name in found}


def test_a_runbook_names_only_what_is_deployed(stacks, webapp, single_region, trading):
    systems = (stacks, webapp, single_region, trading)
    text = json.dumps([one.document for system in systems for one in system.values()])
    deployed = set(re.findall(r"[\w-]+-test\b", text))
    unknown = {path.stem: names(path) - deployed for path in WRITTEN}
    unknown = {stem: {one for one in left if not one.startswith(RESTORED)} for stem, left in unknown.items()}
    assert {stem: left for stem, left in unknown.items() if left} == {}


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_P10_a_runbook_says_all_six_things(path):
    sections = re.split(r"^## (.+)\n", path.read_text(), flags=re.MULTILINE)[1:]
    assert sections[::2] == HEADINGS
    assert all(text.strip() for text in sections[1::2])


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_runbooks_commands_are_shell(path):
    for script in scripts(path):
        done = subprocess.run(["/bin/bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_runbook_leads_only_to_what_exists(path):
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text()):
        assert (path.parent / target).exists()
    for code in re.findall(r"\bR\d\d\b", path.read_text()):
        assert code in {rule.value.partition("_")[0] for rule in Rule}


def test_P10_every_rule_that_pages_has_its_own_runbook():
    assert {page.rule.replace("_", "-") for page in PAGES} <= {path.stem for path in WRITTEN}


@pytest.mark.parametrize(
    ("path", "call"),
    CALLS,
    ids=[f"{path.stem}-{call[1]}-{call[2]}-{n}" for n, (path, call) in enumerate(CALLS)],
)
def test_a_runbooks_calls_are_offered_by_aws(path, call):
    _, service, command, *rest = call
    model = emulated.model(SERVICES.get(service, service))
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    assert command in operations
    shape = model.operation_model(operations[command]).input_shape
    offered = {xform_name(member, "-") for member in shape.members} | OF_THE_COMMAND_LINE
    given = {word[2:] for word in rest if word.startswith("--")}
    assert given <= offered | {f"no-{name}" for name in offered}
    missing = {xform_name(name, "-") for name in shape.required_members} - given
    assert missing == set()
