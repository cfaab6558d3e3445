"""What docs/deployment.md must say, made from the code."""

import json

from dr.doctor.command import CHECKS
from dr.rights.containers import rights as of_containers
from dr.rights.deployer import rights as deployers
from dr.rights.doctor import rights as doctors
from lib.iam import policy
from lib.systems.load import load_any, load_settings

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
    """Every policy that the page shows, by its name."""
    settings = load_settings(ENVIRONMENT)
    single_region = load_any(ENVIRONMENT | {"SYSTEM": "single-region"})
    statements = {
        "doctor": doctors(settings, "ACCOUNT"),
        **deployers(settings, "ACCOUNT"),
        **of_containers(single_region, "ACCOUNT"),
    }
    return {name: _shown(policy(found)) for name, found in statements.items()}


def _shown(text: str) -> str:
    """One statement a line."""
    document = json.loads(text)
    lines = ",\n".join(f"  {json.dumps(statement)}" for statement in document["Statement"])
    return f'{{"Version": "{document["Version"]}", "Statement": [\n{lines}\n]}}'
