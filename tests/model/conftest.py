"""What the code under test logs at every step is read by nobody here."""

from collections.abc import Iterator

import pytest

from runtime.logs import logger
from tests.model.many import quiet


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    level = logger.log_level
    quiet()
    yield
    logger.setLevel(level)
