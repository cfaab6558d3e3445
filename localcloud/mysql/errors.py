"""What can go wrong with MySQL on this machine.

LocalCloudError
└── MySQLFailed         a server of MySQL or MariaDB did not do what it should
    └── MySQLDown      the server does not run or does not answer
"""

from localcloud.core.errors import LocalCloudError


class MySQLFailed(LocalCloudError):
    """A server of MySQL or MariaDB did not do what it should."""


class MySQLDown(MySQLFailed):
    """The server does not run or does not answer."""
