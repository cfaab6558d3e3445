"""How a command waits: by one deadline, in time and not in looks, and silently for two seconds at most."""

import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

SILENT_S = 2.0
"""Longer than this a command says what it waits for."""
AGAIN_S = 15.0
"""And again so often."""
T = TypeVar("T")
Say = Callable[[str], None]


class NotInTime(TimeoutError):
    """The answer did not come within the time that the command has for it."""


@dataclass(frozen=True)
class Clock:
    """The only time that a command waits by. Tests put a simulated one in its place."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Deadline:
    """When the command that runs has to be over."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._ends_at = float("inf")

    def set(self, within_s: float) -> None:
        """Let the command end within so many seconds from now."""
        self._ends_at = self.clock.now() + within_s

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Time that does not count: a person reads and thinks."""
        began = self.clock.now()
        yield
        self._ends_at += self.clock.now() - began

    def clip(self, seconds: float) -> float:
        """So long, or what is left."""
        return max(0.0, min(seconds, self._ends_at - self.clock.now()))


CLOCK = Clock()
deadline = Deadline(CLOCK)


def say(line: str) -> None:
    """On standard error, where it disturbs no JSON."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def until(
    look: Callable[[], T | None],
    *,
    what: str,
    within_s: float,
    poll_s: float,
    say: Say = say,
) -> T | None:
    """What *look* finds, asked every *poll_s*; None when it has found nothing within *within_s* of real time.

    A look that takes long counts: a quarter of an hour is one, however slow the answers are.
    """
    clock = deadline.clock
    began = clock.now()
    ends_at, next_word = began + deadline.clip(within_s), began + SILENT_S
    while True:
        if (found := look()) is not None:
            return found
        now = clock.now()
        if now >= ends_at:
            return None
        if now >= next_word:
            say(f"waiting for {what}: {now - began:.0f} s, at most {ends_at - began:.0f} s")
            next_word = now + AGAIN_S
        clock.sleep(min(poll_s, ends_at - now))


def pause(seconds: float, *, what: str, say: Say = say) -> None:
    """Wait so long, and say for what if that is long."""
    ends_at = deadline.clock.now() + seconds
    until(
        lambda: True if deadline.clock.now() >= ends_at else None,
        what=what,
        within_s=seconds,
        poll_s=1.0,
        say=say,
    )


def together(
    asked: Mapping[str, Callable[[], T]], *, within_s: float, say: Say = say
) -> dict[str, T | Exception]:
    """What each of *asked* returned or raised, side by side; NotInTime for those that took too long.

    The threads are left behind when they hang, and do not keep the command from ending.
    """
    if not asked:
        return {}
    answers: queue.Queue[tuple[str, T | Exception]] = queue.Queue()
    for name, call in asked.items():
        threading.Thread(target=_answer, args=(answers, name, call), daemon=True).start()
    began, within_s = time.monotonic(), deadline.clip(within_s)
    ends_at, next_word = began + within_s, began + SILENT_S
    found: dict[str, T | Exception] = {}
    while len(found) < len(asked):
        now = time.monotonic()
        missing = [name for name in asked if name not in found]
        if now >= ends_at:
            found |= {name: NotInTime(f"{name}: no answer within {within_s:g} s") for name in missing}
            break
        if now >= next_word:
            say(f"waiting for {', '.join(missing)}: {now - began:.0f} s, at most {within_s:.0f} s")
            next_word = now + AGAIN_S
        try:
            name, answer = answers.get(timeout=min(ends_at, next_word) - now)
        except queue.Empty:
            continue
        found[name] = answer
    return {name: found[name] for name in asked}


def bounded(what: str, call: Callable[[], T], *, within_s: float) -> T:
    """What *call* returns. Raises what it raises, and NotInTime."""
    if threading.current_thread() is not threading.main_thread():
        return call()  # somebody waits for this thread already, with a bound of its own
    answer = together({what: call}, within_s=within_s)[what]
    if isinstance(answer, Exception):
        raise answer
    return answer


def _answer(answers: "queue.Queue[tuple[str, Any]]", name: str, call: Callable[[], Any]) -> None:
    try:
        answers.put((name, call()))
    except Exception as error:  # noqa: BLE001 - it is raised, or told, by who waits
        answers.put((name, error))
