"""Entry point of the emulator's process: `python serve.py CONFIG.json`, in the emulator's environment.

Prints `ready` on stdout when it answers. Ends on SIGTERM and when its stdin ends, so whoever starts it
keeps the other end of a pipe open. Everything else it has to say goes to stderr.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[0] = str(REPOSITORY)  # started by path, because this environment does not hold the package

from localcloud.emulator import gc_freeze, lifetime  # noqa: E402 - needs the line above
from localcloud.emulator.config import ConfigError, load  # noqa: E402
from localcloud.emulator.environment import prepare  # noqa: E402


def main() -> int:
    """Serve until told to end. Returns the exit code: 2 for a bad configuration."""
    try:
        config = load(Path(sys.argv[1]))
    except (ConfigError, IndexError) as error:
        sys.stderr.write(f"serve.py CONFIG.json: {error}\n")
        return 2
    prepare(config)
    from localcloud.emulator import server  # noqa: PLC0415 - ministack reads the environment on import

    lifetime.end_with_stdin()
    with gc_freeze.looked_for_once():
        asyncio.run(server.serve(config, ready=announce))
    return 0


def announce() -> None:
    """Say `ready`, then let stray output go to stderr: nobody reads the pipe from here on."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.exit(main())
