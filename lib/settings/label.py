"""What becomes part of every name."""

import re
from typing import Annotated

from pydantic import AfterValidator

LABEL_LIMIT = 16
"""Longest system and longest suffix: with both, every name stays within the 64 characters of an IAM role."""


def _label(text: str) -> str:
    if len(text) > LABEL_LIMIT or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        raise ValueError(
            f"it becomes part of every name; use 1 to {LABEL_LIMIT} lower-case letters and digits, with "
            "single hyphens between them, for example dev or pr-42"
        )
    return text


Label = Annotated[str, AfterValidator(_label)]
