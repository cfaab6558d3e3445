"""Background tasks that end when they are told to, and do not fail in silence."""

import asyncio
from collections.abc import Iterable

_AGAIN_S = 0.5


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel *tasks* until all have ended; raises what one of them failed with, if any did.

    Once is not enough: a request whose timeout fires at the moment of the cancellation reports the
    timeout, and its task goes on.
    """
    all_tasks = set(tasks)
    running = {task for task in all_tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN_S)
    for task in all_tasks:
        if not task.cancelled() and (failure := task.exception()):
            raise failure
