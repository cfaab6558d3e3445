"""What can go wrong with the PostgreSQL pair.

LocalCloudError
└── PostgresFailed      a PostgreSQL program or server did not do what it should
    └── ServerDown      the server does not run or does not answer
"""

from pathlib import Path

from localcloud.core.errors import LocalCloudError

_TAIL_LINES = 15


class PostgresFailed(LocalCloudError):
    """A PostgreSQL program or server did not do what it should."""


class ServerDown(PostgresFailed):
    """The server does not run or does not answer."""


def log_tail(log: Path) -> str:
    """The end of a server's log, for the message of an error."""
    if not log.exists():
        return f"({log} was never written)"
    lines = log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
    return "\n".join([f"the end of {log}:", *(f"    {line}" for line in lines)])
