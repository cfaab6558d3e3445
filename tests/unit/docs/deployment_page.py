"""What docs/deployment.md must say, made from the code."""

import json

from dr.doctor.command import CHECKS
from dr.rights.deployer import rights as deployers
from dr.rights.doctor import rights as doctors
from gates.shown import FOLDER
from lib.iam import policy
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.load import load_any
from lib.systems.registry import SYSTEMS

ENVIRONMENT = {
    "TERRAFORM_STATE_BUCKET": "acme-states",
    "TERRAFORM_STATE_BUCKET_REGION": "us-east-2",
}


def table() -> str:
    """The prerequisites, one a row."""
    rows = [
        f"| {check.code} | {check.asks} | {', '.join(f'`{key}`' for key in check.settings)} | {check.fix} |"
        for check in CHECKS
    ]
    return "\n".join(["| check | asks | settings | what mends it |", "|---|---|---|---|", *rows])


def documents() -> dict[str, str]:
    """Every policy in docs/policies, by its file."""
    found = {}
    for name in SYSTEMS:
        settings = load_any({**ENVIRONMENT, "SYSTEM": name})
        statements = {**deployers(settings, "ACCOUNT")}
        if isinstance(settings, TwoRegionSettings):
            statements["doctor"] = doctors(settings, "ACCOUNT")
        found |= {f"{name}/{key}.json": _shown(policy(one)) for key, one in statements.items()}
    return found


def _shown(text: str) -> str:
    """One statement a line."""
    document = json.loads(text)
    lines = ",\n".join(f"  {json.dumps(statement)}" for statement in document["Statement"])
    return f'{{"Version": "{document["Version"]}", "Statement": [\n{lines}\n]}}\n'


def write() -> None:
    """Every policy into its file."""
    for name, text in documents().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
