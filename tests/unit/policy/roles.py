"""What the roles of a stack may do."""

import json
from collections.abc import Iterator
from typing import Any

from tests.unit.synthesized import Synthesized


def statements(stack: Synthesized) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each statement that allows, with the name of its policy."""
    for body in stack.all("aws_iam_role_policy"):
        for statement in json.loads(body["policy"])["Statement"]:
            if statement["Effect"] == "Allow":
                yield body["name"], statement
