"""What the pair asks its servers, in SQL."""

from localcloud.postgres.server import Server

END_SESSIONS = "select pg_terminate_backend(pid) from pg_stat_activity where usename = :name"


def caught_up(standby: Server, writer: Server) -> tuple[bool, float | None]:
    """Whether *standby* has all that *writer* has written, and when its last commit was made.

    Raises ServerDown when one of the two does not answer.
    """
    ((written,),) = writer.query("select pg_current_wal_flush_lsn()::text")
    ((complete, last_commit_at),) = standby.query(
        "select pg_last_wal_replay_lsn() >= cast(:written as pg_lsn),"
        " extract(epoch from pg_last_xact_replay_timestamp())::float8",
        written=written,
    )
    return complete, last_commit_at
