"""The IAM policies that the documentation shows, as documents of a stack: they are judged like ours."""

import json
from collections.abc import Mapping
from pathlib import Path

from gates.synthesis import Document
from localcloud.core.paths import REPOSITORY

FOLDER = REPOSITORY / "docs" / "policies"
EXAMPLES = {"ACCOUNT": "123456789012"}
"""What a reader puts in place of our placeholders."""


def policies(folder: Path = FOLDER) -> Mapping[str, Document]:
    """Every document ``SYSTEM/NAME.json`` of *folder*, with an example in each placeholder's place."""
    bodies = {
        f"{path.parent.name}-{path.stem}": {"policy": _example(path.read_text())}
        for path in sorted(folder.glob("*/*.json"))
    }
    return {"deployment": {"resource": {"aws_iam_role_policy": bodies}}}


def _example(text: str) -> str:
    for placeholder, example in EXAMPLES.items():
        text = text.replace(placeholder, example)
    return json.dumps(json.loads(text))
