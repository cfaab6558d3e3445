"""Whoever is called by a rule finds its page, with the headings of every runbook and calls that AWS knows."""

import re
import subprocess
from pathlib import Path
from shutil import which

import botocore.session
import pytest
from botocore import xform_name

from remediation.rules import Rule

PAGES = Path(__file__).resolve().parents[3] / "docs" / "runbooks" / "webapp"
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation", "Rule", "Undo"]
CALL = re.compile(r"^aws ([a-z0-9]+) ([a-z-]+)", re.MULTILINE)
MODELS = botocore.session.get_session()
CODES = {rule.value.partition("_")[0]: rule for rule in Rule}


def test_W08_every_rule_has_a_page_and_every_page_a_rule():
    assert {path.stem for path in PAGES.glob("*.md")} == CODES.keys()
    assert len(CODES) == len(Rule)


@pytest.mark.parametrize("code", CODES)
def test_a_page_says_what_it_means_and_what_to_do(code):
    text = (PAGES / f"{code}.md").read_text()
    assert text.startswith(f"# {code}: ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert f"`Rule.{CODES[code].name}`" in text


@pytest.mark.parametrize("code", CODES)
def test_what_a_page_shows_is_shell_and_names_operations_that_there_are(code):
    for script in re.findall(r"```sh\n(.*?)```", (PAGES / f"{code}.md").read_text(), re.DOTALL):
        subprocess.run([which("bash"), "-n"], input=script, text=True, check=True)
        for service, operation in CALL.findall(script):
            known = {xform_name(name, "-") for name in MODELS.get_service_model(service).operation_names}
            assert operation in known
