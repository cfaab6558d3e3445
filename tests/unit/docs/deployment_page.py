"""What docs/deployment.md must say, made from the code."""

import json

from dr.doctor.checks import Check
from dr.doctor.command import CHECKS
from dr.rights.deployer import rights as deployers
from dr.rights.doctor import rights as doctors
from gates.shown import FOLDER
from lib.iam import policy
from lib.systems.load import load_any
from lib.systems.registry import SYSTEMS

PAGE = FOLDER.parent / "deployment.md"
ENVIRONMENT = {
    "TERRAFORM_STATE_BUCKET": "acme-states",
    "TERRAFORM_STATE_BUCKET_REGION": "us-east-2",
}


def table() -> str:
    """The prerequisites, one a row."""
    rows = [
        f"| {check.code} | {check.asks} | {', '.join(f'`{key}`' for key in check.settings)} | {of(check)} "
        f"| {check.fix} |"
        for check in CHECKS
    ]
    return "\n".join(
        ["| check | asks | settings | systems | what mends it |", "|---|---|---|---|---|", *rows]
    )


def of(check: Check) -> str:
    """The systems that need it."""
    names = [name for name, system in SYSTEMS.items() if issubclass(system.settings, check.of)]
    return "all" if len(names) == len(SYSTEMS) else ", ".join(names)


def documents() -> dict[str, str]:
    """Every policy in docs/policies, by its file."""
    found = {}
    for name in SYSTEMS:
        settings = load_any({**ENVIRONMENT, "SYSTEM": name})
        statements = {"doctor": doctors(settings, "ACCOUNT"), **deployers(settings, "ACCOUNT")}
        found |= {f"{name}/{key}.json": _shown(policy(one)) for key, one in statements.items()}
    return found


def _shown(text: str) -> str:
    """One statement a line."""
    document = json.loads(text)
    lines = ",\n".join(f"  {json.dumps(statement)}" for statement in document["Statement"])
    return f'{{"Version": "{document["Version"]}", "Statement": [\n{lines}\n]}}\n'


def write() -> None:
    """Every policy into its file, and the prerequisites into the page."""
    before, opened, rest = PAGE.read_text().partition("<!-- doctor -->\n")
    _, closed, after = rest.partition("\n<!-- /doctor -->")
    PAGE.write_text(f"{before}{opened}{table()}{closed}{after}")
    for name, text in documents().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
