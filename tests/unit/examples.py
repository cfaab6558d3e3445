"""How often hypothesis tries a property: seldom in every run, `make unit EXAMPLES=20` tries far more."""

import os
from typing import Any

from hypothesis import settings

TIMES = int(os.environ.get("EXAMPLES", "1"))


def tried(examples: int, **more: Any) -> settings:
    return settings(max_examples=examples * TIMES, deadline=None, **more)
