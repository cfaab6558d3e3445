"""What can go wrong around a durable request, beyond what the recovery core knows (`failover.ports`).

RecoveryUnavailable (failover.ports)
└── JournalUnavailable    the journal did not answer, or not in time
    └── EntryUnreadable   it did, with an entry that this code does not understand
TrailUnavailable          the audit trail cannot be written or read
NotRecordable             the ledger cannot take this request, now or later (set_aside.py)

A ledger that cannot be reached is `runtime.database.DatabaseUnavailable`: it is the same failure
for every user of the database.
"""

from failover.ports import RecoveryUnavailable


class JournalUnavailable(RecoveryUnavailable):
    """The journal did not answer, so nothing is known about the entry."""


class EntryUnreadable(JournalUnavailable):
    """The entry is of newer code, or damaged."""


class TrailUnavailable(RuntimeError):
    """The audit trail's bucket did not answer, or refused. What is not written yet is written later."""
