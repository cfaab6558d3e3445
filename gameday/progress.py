"""What a person sees while a drill runs: a live line on a terminal, a line every 5 s elsewhere."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from rich.console import Console

from gameday import tasks

_LIVE_S = 0.5
_PLAIN_S = 5.0


class Progress:
    """Says what is going on. Times count from its creation."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begin = time.monotonic()

    def say(self, text: str) -> None:
        """One line that stays."""
        passed = time.monotonic() - self._begin
        self._console.print(f"[dim]{passed:6.1f} s[/dim]  {text}", soft_wrap=True)

    @asynccontextmanager
    async def showing(self, status: Callable[[], str]) -> AsyncIterator[None]:
        """Keep showing *status* while the body runs."""
        ticker = asyncio.create_task(self._live(status) if self._console.is_terminal else self._plain(status))
        try:
            yield
        finally:
            await tasks.end([ticker])

    async def _live(self, status: Callable[[], str]) -> None:
        with self._console.status(status()) as line:
            while True:
                await asyncio.sleep(_LIVE_S)
                line.update(status())

    async def _plain(self, status: Callable[[], str]) -> None:
        while True:
            await asyncio.sleep(_PLAIN_S)
            self.say(status())
