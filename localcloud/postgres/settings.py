"""How the servers of the pair are set up; what is not here is PostgreSQL's default."""

from pathlib import Path

ACCESS = "local all all scram-sha-256\nlocal replication replicator scram-sha-256\n"
"""pg_hba.conf, all of it. There is no TCP: clients come through the TLS endpoint, the other region
through the link, both over the Unix socket. The link itself is not encrypted, because the libpq on
PyPI has no TLS; it never leaves loopback and asks for a password."""

_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "wal_level": "replica",
    "hot_standby": "on",
    "wal_log_hints": "on",  # pg_rewind needs it
    "wal_keep_size": "512MB",  # how far a standby may fall behind a held link and still catch up
    "max_wal_size": "512MB",
    "wal_sender_timeout": "5s",
    "wal_receiver_timeout": "5s",
    "wal_receiver_status_interval": "1s",
    "wal_retrieve_retry_interval": "200ms",
    "password_encryption": "scram-sha-256",
    "dynamic_shared_memory_type": "mmap",  # files among the data: nothing stays in /dev/shm after a kill
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def server_options(socket_folder: Path, upstream: str) -> list[str]:
    """Command line options of `postgres`; *upstream* is the libpq conninfo of the other server."""
    settings = {
        **_OPTIONS,
        "unix_socket_directories": str(socket_folder),
        "primary_conninfo": upstream,
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
