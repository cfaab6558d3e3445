"""How much each store may forget when a region is lost."""

from dr.budget.declared import declared
from dr.budget.model import Basis, Leg, Objective
from lib.config import Settings

STRONG_SINCE = 6
"""Version of the provider; lib.provider lists the argument, but would load CDKTF and Node into every `dr`."""
BACKUP_EVERY_S = 24 * 60 * 60
"""Backups are daily (P06); the next one may always be a day away, so a copy promises no less."""


def strongly_consistent(settings: Settings) -> bool:
    """Whether the provider can make lease and journal strongly consistent."""
    return settings.provider.major >= STRONG_SINCE


def recovery_point(settings: Settings) -> tuple[Objective, ...]:
    """One objective a store."""
    limit = settings.objectives.rpo_s
    fact = "strong_table" if strongly_consistent(settings) else "eventual_table"
    daily = Leg(
        name="time between two backups",
        basis=Basis.CONFIGURED,
        least_s=BACKUP_EVERY_S,
        most_s=BACKUP_EVERY_S,
        source="one backup a day; a copy in the other region is a snapshot of its moment",
    )
    legs = {
        "rpo_ledger": (declared(fact, "acknowledged payments come back from the journal"),),
        "rpo_journal": (declared(fact, "journal entries reach a second region"),),
        "rpo_sessions": (declared("eventual_table", "sessions reach the other region"),),
        "rpo_backup_copies": (daily, declared("backup_copy", "AWS Backup copies to the other region")),
    }
    return tuple(Objective(name=name, limit_s=limit, legs=parts) for name, parts in legs.items())
