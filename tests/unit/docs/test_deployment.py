"""docs/deployment.md, the settings and `dr doctor` name the same prerequisites."""

import ast
import re
from pathlib import Path

import pytest

from dr.doctor.command import CHECKS
from dr.rights.deployer import DOCUMENTS
from gates import shown
from lib.systems.load import load_any
from lib.systems.registry import SYSTEMS

from .deployment_page import documents, table

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "deployment.md").read_text()


def existing_in_the_file(system: str) -> set[str]:
    """Keys whose comment says that something must exist."""
    keys, section = set(), ""
    for line in (ROOT / "config" / f"{system}.toml").read_text().splitlines():
        if found := re.match(r"\[([\w.]+)\]", line):
            section = f"{found[1]}."
        elif found := re.match(r"(\w+) *=.*#.*\bexisting\b", line):
            keys.add(section + found[1])
    return keys


def existing_in_the_sections() -> set[str]:
    """Attributes of the settings whose words say that something must exist, as ``Class.attribute``."""
    found = set()
    for path in (ROOT / "lib" / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ClassDef):
                continue
            for attribute, words in zip(node.body, node.body[1:], strict=False):
                told = isinstance(words, ast.Expr) and isinstance(words.value, ast.Constant)
                if (
                    isinstance(attribute, ast.AnnAssign)
                    and told
                    and "existing" in str(words.value.value).lower()
                ):
                    found.add(f"{node.name}.{attribute.target.id}")
    return found


def settings_of_checks() -> set[str]:
    return {key for check in CHECKS for key in check.settings}


def between(marker: str) -> str:
    return PAGE.partition(f"<!-- {marker} -->\n")[2].partition(f"\n<!-- /{marker} -->")[0]


def test_the_page_lists_every_check_of_the_doctor():
    assert between("doctor") == table()


def test_the_policies_are_the_least_that_the_doctor_and_a_deploy_need():
    """``python -c 'from tests.unit.docs.deployment_page import write; write()'`` makes them anew."""
    found = {str(path.relative_to(shown.FOLDER)): path.read_text() for path in shown.FOLDER.rglob("*.json")}
    assert found == documents()


def test_every_policy_is_judged():
    (page,) = shown.policies().values()
    assert len(page["resource"]["aws_iam_role_policy"]) == len(documents())
    assert "ACCOUNT" not in str(page)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_page_tells_which_documents_each_system_has(system):
    lines = [line for line in PAGE.splitlines() if line.startswith(("| document", "| `deploy-"))]
    head, *rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in lines]
    told = {row[0] for row in rows if row[head.index(system)] == "x"}
    assert told == set(DOCUMENTS[SYSTEMS[system].settings])


def has(settings, key):
    value = settings
    for part in key.split("."):
        if not hasattr(value, part):
            return False
        value = getattr(value, part)
        if value is None:
            return True
    return True


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_key_of_a_check_is_a_setting_of_a_system_that_it_concerns(check):
    concerned = [one for one in map(of_system, SYSTEMS) if check.concerns(one)]
    assert [key for key in check.settings if not any(has(one, key) for one in concerned)] == []
    assert all(any(has(one, key) for key in check.settings) for one in concerned)


def of_system(name):
    return load_any({"SYSTEM": name})


@pytest.mark.parametrize("system", SYSTEMS)
def test_whatever_a_setting_says_is_existing_is_looked_for(system):
    looked_for = {key for check in CHECKS if check.concerns(of_system(system)) for key in check.settings}
    assert existing_in_the_file(system) >= {"database.secret", "dns.zone"}
    assert existing_in_the_file(system) - looked_for == set()


@pytest.mark.parametrize("attribute", sorted(existing_in_the_sections()))
def test_whatever_the_words_of_a_setting_say_is_existing_is_looked_for(attribute):
    assert attribute.partition(".")[2] in {key.rpartition(".")[2] for key in settings_of_checks()}


def test_both_secrets_of_payments_are_named_in_the_readme():
    for secret in of_system("payments").secrets:
        assert f"`{secret}`" in (ROOT / "README.md").read_text()
