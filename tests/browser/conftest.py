import pytest

from bench import chromium


@pytest.fixture
async def tab():
    """A tab of a real browser. Without one these tests fail: a skipped check looks like a passed one."""
    async with chromium.page() as opened:
        yield opened
