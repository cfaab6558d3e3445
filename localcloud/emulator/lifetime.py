"""The emulator lives exactly as long as the process that holds the other end of its stdin."""

import os
import signal
import threading

STDIN = 0
GRACE_S = 4.0
"""How long an orderly end may take; workers are killed by then at the latest."""


def end_with_stdin() -> None:
    """Send this process SIGTERM when stdin ends: its parent closed it or died, however it died."""

    def watch() -> None:
        while os.read(STDIN, 4096):  # not sys.stdin, whose lock would be held at the end
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="stdin-watch", daemon=True).start()


def end_for_certain(seconds: float = GRACE_S) -> None:
    """End this process after *seconds* even if a request or a connection will not."""
    timer = threading.Timer(seconds, os._exit, args=[0])
    timer.daemon = True
    timer.start()
