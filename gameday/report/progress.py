"""What a person sees while a drill runs: a live picture on a terminal, a line every 5 s elsewhere."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

from gameday.judge.summary import Verdict
from gameday.load import tasks
from gameday.observe.history import Mark
from gameday.report.live import terminal
from gameday.report.live.look import Look

_LIVE_S, _FILE_S = 1.0, 2.0
"""Seconds between two looks, on a terminal and where only the file is written: the machine is shared."""
_PLAIN_S = 5.0
_CHECKING = "the load has ended; the record is checked"


class Shown(Protocol):
    """What can be shown of a running drill."""

    def line(self, now: float) -> str:
        """In one line."""

    def look(self, now: float) -> Look:
        """As a whole."""


class Progress:
    """Says what is going on, and keeps the last look in *file*. Times count from its creation."""

    def __init__(self, console: Console, file: Path | None = None) -> None:
        self.marks: list[Mark] = []
        self._console = console
        self._file = file
        self._begin = time.monotonic()
        self._said: deque[str] = deque(maxlen=8)
        self._last: Look | None = None

    def say(self, text: str) -> None:
        """One line that stays."""
        line = f"[dim]{time.monotonic() - self._begin:6.1f} s[/dim]  {text}"
        self._console.print(line, soft_wrap=True)
        self._said.append(Text.from_markup(line).plain)
        self._keep(self._last)

    @asynccontextmanager
    async def showing(self, shown: Shown) -> AsyncIterator[None]:
        """Keep showing the drill while the body runs."""
        plain = [] if self._console.is_terminal else [asyncio.create_task(self._plain(shown))]
        ticker = asyncio.create_task(self._live(shown))
        try:
            yield
        finally:
            await tasks.end([ticker, *plain])
            self._keep(shown.look(time.time()).model_copy(update={"phase": _CHECKING}))

    def ended(self, verdict: Verdict) -> None:
        """The drill has a verdict."""
        if self._last:
            self._keep(self._last.model_copy(update={"phase": "the drill has ended", "verdict": verdict}))

    def _keep(self, seen: Look | None) -> None:
        """Put *seen* where the page finds it."""
        self._last = seen
        if seen and self._file:
            seen.model_copy(update={"said": tuple(self._said)}).write(self._file)

    async def _live(self, shown: Shown) -> None:
        with Live(console=self._console, auto_refresh=False, transient=True) as picture:
            while True:
                # In a thread, so that requests keep their schedule while thousands are counted.
                seen = await asyncio.to_thread(shown.look, time.time())
                self._keep(seen)
                if self._console.is_terminal:
                    picture.update(terminal.drawn(seen), refresh=True)
                await asyncio.sleep(_LIVE_S if self._console.is_terminal else _FILE_S)

    async def _plain(self, shown: Shown) -> None:
        while True:
            await asyncio.sleep(_PLAIN_S)
            self.say(shown.line(time.time()))
