"""A full disk, without one: no process of a server may write to a file any more.

A limit of zero bytes for every file (RLIMIT_FSIZE) lets each write fail, as a full disk does: PostgreSQL
ignores the signal that comes with it, cannot write its log, panics, and cannot start again either. That is
what its manual says of a full disk below the log: https://www.postgresql.org/docs/current/disk-full.html. No
root, no mount and no gigabytes are needed. What an Aurora volume at its limit does, nobody can show here.
"""

from localcloud.core.errors import MissingTool
from localcloud.core.processes import Account, freeze_tree, run, thaw_tree

_PRLIMIT = "prlimit"
_NO_BYTE = "--fsize=0:"  # the soft limit: only that of the user, who could not raise the hard one again


def fill(postmaster: int, account: Account | None) -> frozenset[int]:
    """Let the server *postmaster*, which runs as *account*, write nothing more; returns its processes.

    Its children inherit the limit. A server that is started again afterwards has room. Raises MissingTool.
    """
    processes = freeze_tree(postmaster)  # none may fork meanwhile
    try:
        for process in sorted(processes):
            # as the same user, who may always do that: root in a container often may not
            done = run([_PRLIMIT, "--pid", str(process), _NO_BYTE], account=account)
            if done.returncode != 0:
                raise MissingTool(
                    f"{_PRLIMIT} failed: {done.stdout.strip()}", "a full disk can be played on Linux only"
                )
    except FileNotFoundError as error:
        raise MissingTool(f"there is no {_PRLIMIT} here", "install util-linux; Linux only") from error
    finally:
        thaw_tree(postmaster)
    return processes
