"""Real, synchronous code as actors that take turns: one greenlet each, one baton for all.

Only the holder of the baton runs. It is handed over where the code under test calls a simulated part
(`point`), and nowhere else: so a run is decided by its choices alone, and repeats exactly.
"""

from collections.abc import Callable

from greenlet import getcurrent, greenlet


class Crash(BaseException):
    """The process in which this code ran is gone. No `except Exception` survives it."""


class Task:
    """One process at work: a request, a tick of a keeper, or a step of a takeover."""

    def __init__(
        self,
        region: str,
        name: str,
        work: Callable[[], object],
        crashed: Callable[[], None],
    ) -> None:
        self.region, self.name, self.work, self.crashed = region, name, work, crashed
        self.fiber: greenlet | None = None
        self.doomed = False
        self.stalled_until = self.stalled_points = 0
        self.sleeps_until = 0
        """It waits by itself until this moment, and not because it was stalled."""
        self.naps_in: tuple[int, tuple[int, int]] | None = None
        """After so many calls the process stops, for how long."""
        self.decided: object = None
        """What was true when the task last got an answer, see World.moment."""

    def runs(self, now_ms: int, points: int) -> bool:
        """Whether it goes on when it is chosen: a process that died does, to its end."""
        return self.doomed or (
            self.stalled_until <= now_ms and self.sleeps_until <= now_ms and self.stalled_points <= points
        )


class Scheduler:
    """Hands the baton around.

    Args:
        choose: the next task to run, given the one that holds the baton (or None); None ends the run.
        moment: what is remembered as the truth of the moment at which a task goes on.
        broken: told of an exception that left a task.
    """

    def __init__(
        self,
        *,
        choose: Callable[[Task | None], Task | None],
        moment: Callable[[], object],
        broken: Callable[[Task, BaseException], None],
    ) -> None:
        self._choose, self._moment, self._broken = choose, moment, broken
        self.tasks: list[Task] = []
        self.current: Task | None = None
        self._closing = False

    def spawn(
        self,
        region: str,
        name: str,
        work: Callable[[], object],
        crashed: Callable[[], None] = lambda: None,
    ) -> Task:
        """A new task; it begins when it is chosen."""
        task = Task(region, name, work, crashed)
        self.tasks.append(task)
        return task

    def play(self) -> None:
        """Run until `choose` ends it, then let every task unwind."""
        self._hub = getcurrent()
        chosen = self._choose(None)
        while chosen:
            chosen = self._resume(chosen)
        self._closing = True
        for task in [task for task in self.tasks if task.fiber]:
            task.doomed = True
            self._resume(task)

    def point(self) -> Task:
        """A place where the process may be paused, for ever too."""
        task = self.current
        if task.doomed:
            raise Crash
        chosen = self._choose(task)
        if chosen is not task:
            self._hub.switch(chosen)
        if task.doomed:
            raise Crash
        task.decided = self._moment()
        return task

    def _resume(self, task: Task) -> Task | None:
        """Hand it the baton; returns who is to get it next."""
        self.current = task
        task.fiber = task.fiber or greenlet(lambda: self._live(task))
        return task.fiber.switch()

    def _live(self, task: Task) -> Task | None:
        """The life of one task, in its greenlet; returns who is to get the baton next."""
        try:
            if not task.doomed:
                task.work()
        except Crash:
            task.doomed = True
        except BaseException as error:  # noqa: BLE001 - whatever it is, the run reports it
            self._broken(task, error)
        if task.doomed and not self._closing:
            task.crashed()
        self.tasks.remove(task)
        return None if self._closing else self._choose(None)
