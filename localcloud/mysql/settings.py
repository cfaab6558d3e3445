"""How a server is set up; what is not here is the server's default."""

import os
import pwd
from pathlib import Path

from localcloud.core.tls import ServerCertificate
from localcloud.mysql.errors import MySQLFailed
from localcloud.mysql.programs import Programs

_OPTIONS = {
    "bind-address": "127.0.0.1",
    "skip-name-resolve": "",
    "require-secure-transport": "ON",
    "max-connections": "150",
    "innodb-buffer-pool-size": "64M",
    "performance-schema": "OFF",
    "default-time-zone": "+00:00",
}
_MYSQL = {
    "mysqlx": "OFF",
    "secure-file-priv": "NULL",
    "innodb-redo-log-capacity": "32M",
}
_MARIADB = {
    "innodb-log-file-size": "32M",
}

_LONGEST_SOCKET = 103
"""Bytes of a Unix socket's path on macOS; Linux has room for four more."""


def socket_of(folder: Path) -> Path:
    """Where the superuser comes in. Raises MySQLFailed where that path is too long for a Unix socket."""
    path = folder / "s.sock"
    if (length := len(os.fsencode(path))) > _LONGEST_SOCKET:
        raise MySQLFailed(
            f"{path} has {length} bytes, and a Unix socket has {_LONGEST_SOCKET} at most",
            "move the repository to a shorter path",
        )
    return path


def server_options(
    programs: Programs, folder: Path, *, port: int, certificate: ServerCertificate, more: dict[str, str]
) -> list[str]:
    """Options of a server whose files are all below *folder*."""
    settings = {
        **common_options(programs, folder),
        **_OPTIONS,
        **(_MARIADB if programs.is_mariadb else _MYSQL),
        "socket": str(socket_of(folder)),
        "pid-file": str(folder / "pid"),
        "port": str(port),
        "ssl-cert": str(certificate.chain),
        "ssl-key": str(certificate.key),
        **({} if "log-bin" in more else {"skip-log-bin": ""}),
        **more,
    }
    return [f"--{name}={value}" if value else f"--{name}" for name, value in settings.items()]


def common_options(programs: Programs, folder: Path) -> dict[str, str]:
    """What a server needs even to make its first tables."""
    private = folder / "files"  # MariaDB has no word for nowhere: an empty folder
    return {
        "datadir": str(folder / "data"),
        "tmpdir": str(folder),
        "user": pwd.getpwuid(os.geteuid()).pw_name,  # root has to say that it means it
        **({"secure-file-priv": str(private)} if programs.is_mariadb else {}),
    }
