"""What a replica is told and asked, in the words of MySQL or of MariaDB. A position is a set of GTIDs."""

from pathlib import Path

from localcloud.mysql.errors import MySQLFailed
from localcloud.mysql.paired import REPLICATOR, PairedServer

_THREADS = ("IO", "SQL")
_LIKE_BOTH = (
    "{0}_host = '127.0.0.1', {0}_port = %s, {0}_user = %s, {0}_password = %s, {0}_ssl = 1, {0}_ssl_ca = %s, "
    "{0}_ssl_verify_server_cert = 1, {0}_connect_retry = 1, {0}_heartbeat_period = 1, "
)
_FOLLOW_MYSQL = (
    "change replication source to "
    + _LIKE_BOTH.format("source")
    + "source_auto_position = 1, source_retry_count = 86400"  # MySQL 9 gives up after ten
)
_FOLLOW_MARIADB = "change master to " + _LIKE_BOTH.format("master") + "master_use_gtid = slave_pos"


def follow(server: PairedServer, link: int, password: str, authority: Path) -> None:
    """Let *server* replicate what it lacks from the server behind the port *link*, and take no writes.

    *authority* is the file of the certificate that this server proves itself by. Nothing may be in
    *server* that the other one lacks.
    """
    server.protect()
    server.query("stop replica")
    if server.programs.is_mariadb:
        server.query("set global gtid_slave_pos = @@global.gtid_binlog_pos")
    words = _FOLLOW_MARIADB if server.programs.is_mariadb else _FOLLOW_MYSQL
    server.query(words, link, REPLICATOR, password, str(authority))
    server.query("start replica")
    await_flow(server)


def await_flow(server: PairedServer) -> None:
    """Return when replication flows to *server*. Raises MySQLFailed, at once with the reason if it ended."""

    def flows_or_ended() -> bool:
        if reason := _ended_for(server):
            raise MySQLFailed(f"{server.region} cannot replicate: {reason}", f"its log is {server.log}")
        return flows(server)

    server.wait_until("replication", flows_or_ended)


def flows(server: PairedServer) -> bool:
    """Whether *server* is connected to the other server, and applies what comes. Raises MySQLDown."""
    told = server.replication()
    return {told.get(_running(server, thread)) for thread in _THREADS} == {"Yes"}


def _ended_for(server: PairedServer) -> str:
    """Why one of the two threads stands still; "" while both work or try again."""
    told = server.replication()
    reasons = (
        told[f"Last_{thread}_Error"] for thread in _THREADS if told.get(_running(server, thread)) == "No"
    )
    return " ".join(filter(None, reasons))


def _running(server: PairedServer, thread: str) -> str:
    return f"{'Slave' if server.programs.is_mariadb else 'Replica'}_{thread}_Running"


def position(server: PairedServer) -> str:
    """All that *server* has committed, its own and what it replicated. Raises MySQLDown."""
    name = "gtid_binlog_pos" if server.programs.is_mariadb else "gtid_executed"
    ((found,),) = server.query(f"select @@global.{name}")
    return str(found)


def has(server: PairedServer, wanted: str) -> bool:
    """Whether *server* has committed all of *wanted*, a position of the same history. Raises MySQLDown."""
    if server.programs.is_mariadb:
        return _last(position(server)) >= _last(wanted)
    return server.query("select gtid_subset(%s, @@global.gtid_executed)", wanted) == [(1,)]


def promote(server: PairedServer) -> None:
    """Let *server* apply all that it has received, follow nobody and take writes; read that back."""
    if told := server.replication():
        server.query("stop replica io_thread")
        told = server.replication()
        received = str(told["Gtid_IO_Pos" if server.programs.is_mariadb else "Retrieved_Gtid_Set"] or "")
        server.wait_until("what it received", lambda: has(server, received))
        server.query("stop replica")
        server.query("reset replica all")
    server.open()
    if not server.takes_writes():
        raise MySQLFailed(f"the server of {server.region} is still a standby", f"its log is {server.log}")


def _last(found: str) -> int:
    """The number of MariaDB's last transaction: `domain-server-number`, and here is one domain."""
    return int(found.rpartition("-")[2] or 0)
