"""Statements that belong together reach the server as one packet, so that no client leaves them half done.

A writer holds the fence shared, by a lock on its row, until it has committed (ADR 19). The server goes from
the first statement to the commit without waiting for the client. Where one fails it stops, in an open
transaction: should the client never come back to end it, because its function was frozen, the server does so
after `ABANDONED_S`. MySQL has no such limit, so it is the one for idle connections, while the script runs.
"""

ABANDONED_S = 3
"""How long a lock is held for a client that does not come back."""

_BEGIN = f"set session wait_timeout = {ABANDONED_S}; start transaction;"
_END = "commit; set session wait_timeout = default;"

ROLL_BACK = "rollback; set session wait_timeout = default"
"""What ends a script that failed."""

# Only a locking read sees the epoch that it waited for: under REPEATABLE READ a plain one reads a snapshot.
# `for share` is MySQL's alone.
_ADMIT = """
select count(*) into @admitted from ledger_fence where one = 1 and epoch = %(epoch)s lock in share mode;
"""


def transaction(changes: str, answer: str = "do 0") -> str:
    """The changes, each ending with a semicolon, in one transaction; *answer* is asked after it."""
    return f"{_BEGIN}{changes}{_END}{answer}"


def admitted(changes: str, answer: str = "do 0") -> str:
    """The same, with `@admitted` 1 where the fence is at the epoch, and held until the commit; else 0."""
    return transaction(_ADMIT + changes, answer)
