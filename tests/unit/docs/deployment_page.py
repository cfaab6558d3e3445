"""What docs/deployment.md must say, made from the code."""

import json

from dr.doctor.command import CHECKS
from dr.doctor.rights import rights
from lib import config
from lib.iam import policy

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


def document() -> str:
    """The doctor's policy."""
    return json.dumps(json.loads(policy(rights(config.load(ENVIRONMENT), "ACCOUNT"))), indent=1)
