"""How late a standby is, measured without asking when its last commit was made."""

import threading
import time
from collections import deque

from localcloud.mysql.paired import PairedServer
from localcloud.mysql.replication import has, position

_LOOK_FOR_S = 0.25
_PAUSE_S = 0.02


class Lag:
    """What one region's server lacked at each question that is not answered yet."""

    def __init__(self) -> None:
        self._asked: deque[tuple[float, str]] = deque()
        self._reached_at = time.monotonic()
        self._question = threading.Lock()

    def restart(self) -> None:
        """Forget what was asked: histories have changed, and the standby has all."""
        with self._question:
            self._asked.clear()
            self._reached_at = time.monotonic()

    def of(self, standby: PairedServer, writer: PairedServer) -> float:
        """How many seconds old the newest position of *writer* is that *standby* is known to have.

        It looks for a quarter of a second, so that a writer that is busy all the time is not taken for a
        link that carries nothing. Raises MySQLDown.
        """
        with self._question:
            began = time.monotonic()
            self._asked.append((began, position(writer)))
            if self._reached(standby):
                return 0.0
            while time.monotonic() - began < _LOOK_FOR_S:
                if self._reached(standby):
                    return time.monotonic() - began
                time.sleep(_PAUSE_S)
            return time.monotonic() - self._reached_at

    def _reached(self, standby: PairedServer) -> bool:
        """Whether *standby* has all that was asked for; takes note of what it has."""
        while self._asked and has(standby, self._asked[0][1]):
            self._reached_at = self._asked.popleft()[0]
        return not self._asked
