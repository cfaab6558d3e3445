"""Where a pair of MySQL servers can live."""

import pytest

from localcloud.mysql.errors import MySQLFailed
from localcloud.mysql.pair import MySQLPair
from localcloud.mysql.programs import Programs

PORTS = {"us-east-1": 1, "us-east-2": 2}


def test_a_path_that_is_too_long_for_a_socket_is_told_at_once(tmp_path):
    state = tmp_path / ("long" * 20)
    with pytest.raises(MySQLFailed, match=r"a Unix socket has 103 at most\n  move the repository"):
        MySQLPair(state, Programs(("mysqld",), None, "9.7.4"), ports=PORTS, link_ports=PORTS)
