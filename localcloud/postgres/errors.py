"""What can go wrong with the PostgreSQL pair.

LocalCloudError
└── PostgresFailed      a PostgreSQL program or server did not do what it should
    └── ServerDown      the server does not run or does not answer
"""

from localcloud.core.errors import LocalCloudError


class PostgresFailed(LocalCloudError):
    """A PostgreSQL program or server did not do what it should."""


class ServerDown(PostgresFailed):
    """The server does not run or does not answer."""
