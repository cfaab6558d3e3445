"""How much each store may forget when a region is lost."""

from budget.declared import declared
from budget.model import Basis, Leg, Objective
from lib.settings.data import COMPLETE_WITHIN_MIN, START_WITHIN_MIN
from lib.settings.two_regions import TwoRegionSettings

STRONG_SINCE = 6
"""Version of the provider; lib.provider lists the argument, but would load CDKTF and Node into every `dr`."""


def strongly_consistent(settings: TwoRegionSettings) -> bool:
    """Whether the provider can make lease and journal strongly consistent."""
    return settings.provider.major >= STRONG_SINCE


def recovery_point(settings: TwoRegionSettings) -> tuple[Objective, ...]:
    """One objective a store."""
    limit = settings.objectives.rpo_s
    fact = "strong_table" if strongly_consistent(settings) else "eventual_table"
    legs = {
        "rpo_ledger": (declared(fact, f"acknowledged {settings.REQUESTS} come back from the journal"),),
        "rpo_journal": (declared(fact, "journal entries reach a second region"),),
        "rpo_sessions": (declared("eventual_table", "sessions reach the other region"),),
        "rpo_events": (declared("event_endpoint", "events reach the bus that serves"),),
        "rpo_backup_copies": _backup_copies(settings),
    }
    if settings.trail:
        legs["rpo_trail"] = (
            declared("replication_time_control", "objects reach the other region's buckets"),
        )
    return tuple(Objective(name=name, limit_s=limit, legs=parts) for name, parts in legs.items())


def _backup_copies(settings: TwoRegionSettings) -> tuple[Leg, ...]:
    """A copy is a snapshot: the next one may always be a whole interval away."""
    every_s, window_s = settings.backup.every_s, (START_WITHIN_MIN + COMPLETE_WITHIN_MIN) * 60
    return (
        _configured("time between two backups", every_s, every_s, "backup.hour_utc: one backup a day"),
        _configured("a backup begins and ends", 0, window_s, "start and completion window of the plan"),
        declared("backup_copy", "AWS Backup copies to the other region"),
    )


def _configured(name: str, least_s: float, most_s: float, source: str) -> Leg:
    return Leg(name=name, basis=Basis.CONFIGURED, least_s=least_s, most_s=most_s, source=source)
