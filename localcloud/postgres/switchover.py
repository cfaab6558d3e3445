"""Moves the writer from one running server to the other without losing a commit."""

from localcloud.postgres.errors import PostgresFailed
from localcloud.postgres.server import PATIENTLY_S, Server

STREAMING = "select count(*) from pg_stat_wal_receiver where status = 'streaming'"
PROMOTED_WITHIN_S = 30
_REPLAYED = "select pg_last_wal_replay_lsn() > cast(:shutdown as pg_lsn)"


def hand_over(old: Server, new: Server) -> None:
    """Stop *old*, see that *new* has all of it, and promote *new*; *old* is a stopped standby then.

    An orderly shutdown writes a last record and waits until the standby has received it, so nothing
    can be committed that *new* lacks. That it arrived is read back before anything is promoted; if it
    did not, *old* writes again and PostgresFailed is raised.
    """
    if new.query(STREAMING) != [[1]]:
        raise PostgresFailed(f"{new.region} does not replicate", "nothing was changed; mend the link first")
    old.stop()
    try:
        shutdown = old.storage.shut_down_at()
        new.wait_until(f"the last record {shutdown}", lambda: _has_replayed(new, shutdown))
    except PostgresFailed:
        old.start()
        raise
    promote(new)
    old.storage.follow()


def promote(server: Server) -> None:
    """Make *server* a writer, and read back that it is one.

    The checkpoint lets a rewind see where the histories part.
    """
    server.query(f"select pg_promote(true, {PROMOTED_WITHIN_S})", timeout_s=PATIENTLY_S)
    if server.query("select pg_is_in_recovery()") != [[False]]:
        raise PostgresFailed(
            f"the server of {server.region} is still a standby after {PROMOTED_WITHIN_S} s",
            f"its log is {server.storage.log}",
        )
    server.query("checkpoint", timeout_s=PATIENTLY_S)


def _has_replayed(server: Server, shutdown: str) -> bool:
    return bool(server.query(_REPLAYED, shutdown=shutdown) == [[True]])
