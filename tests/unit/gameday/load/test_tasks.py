import asyncio

import pytest

from gameday.load import tasks


async def test_a_task_that_swallows_a_cancellation_is_cancelled_again():
    swallowed = 0

    async def stubborn():
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed > 1:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await asyncio.wait_for(tasks.end([task]), 3.0)
    assert task.cancelled()
    assert swallowed == 2


async def test_what_a_task_failed_with_is_raised():
    async def fail():
        raise RuntimeError("a bug")

    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="a bug"):
        await tasks.end([task])
