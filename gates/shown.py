"""The IAM policies that the documentation shows, as documents of a stack: they are judged like ours."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from gates.synthesis import Document
from localcloud.core.paths import REPOSITORY

PAGE = REPOSITORY / "docs" / "deployment.md"
BLOCK = re.compile(r"<!-- policy (?P<name>[\w-]+) -->\n```json\n(?P<text>.*?)\n```", re.DOTALL)
EXAMPLES = {"ACCOUNT": "123456789012"}
"""What a reader puts in place of our placeholders."""


def policies(page: Path = PAGE) -> Mapping[str, Document]:
    """Every block of *page* marked ``<!-- policy NAME -->``, with an example in each placeholder's place."""
    bodies = {
        found["name"]: {"policy": _example(found["text"])} for found in BLOCK.finditer(page.read_text())
    }
    return {page.stem: {"resource": {"aws_iam_role_policy": bodies}}}


def _example(text: str) -> str:
    for placeholder, example in EXAMPLES.items():
        text = text.replace(placeholder, example)
    return json.dumps(json.loads(text))
