"""What kinds of trouble a run may meet. A profile is a bias, not a script."""

from dataclasses import dataclass, field, replace

STALLS = ((0, 30), (0, 80), (0, 160), (300, 0), (2_500, 0), (8_000, 0), (40_000, 0), (100_000, 0))
"""How long a process stops: milliseconds, and scheduling points."""
FAULTS = ("kill", "isolate", "cut", "witness", "database", "keeper", "journal", "lease")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How often what happens.

    Weights are parts of all events that interrupt a running task; `keep` in 256 is how often none does.
    """

    name: str
    keep: int = 150
    points: int = 420
    """Length of the chaos, in scheduling points."""
    loss: int = 0
    faults: tuple[str, ...] = FAULTS
    most_faults: int = 4
    begins: tuple[str, ...] = ()
    """Faults of the first region from the start."""
    stalls: tuple[tuple[int, int], ...] = STALLS
    asks: int = 0
    """Requests that are in flight at the start."""
    left_ms: int = 30_000
    """How long the first lease lasts."""
    ttl_ms: int = 30_000
    """How long every other one does."""
    keys: int = 6
    promotion_ms: tuple[int, ...] = (2_000, 0, 500, 8_000, 60_000)
    heals: bool = True
    edges: int = 7
    """The more, the more often time jumps to where a lease begins or ends to count."""
    minutes: bool = False
    """Those times are where a minute ends, or a watermark may pass it, instead."""
    brisk: bool = False
    """Time passes only when nobody has anything to do: no process is ever slow."""
    drift_ms: tuple[int, ...] = (0, -2000, 2000, -1999, 1999, -700, 700)
    """What a region's clock may be wrong by."""
    jumps_ms: tuple[int, ...] = ()
    """What clocks are set to besides: beyond all that the protocol allows."""
    most_restores: int = 0
    """How often a third party may write into the tables."""
    most_losses: int = 0
    """How often the journal or the ledger may come out of a backup."""
    mends: bool = False
    """In the end an operator types what the runbooks say when a keeper calls; then somebody must serve."""
    apart: bool = False
    """The first region's clock is as slow as may be, and the second one's as fast."""
    weights: dict[str, int] = field(default_factory=dict)


CALM = {"switch": 30, "time": 20, "replicate": 6, "arrive": 4, "pay": 8}
TROUBLE = {
    **CALM,
    "stall": 5,
    "crash": 2,
    "fault": 3,
    "heal": 2,
    "deliver": 3,
    "drift": 2,
    "tick": 3,
    "reconcile": 2,
}
EDGE = {**TROUBLE, "stall": 9, "time": 30, "tick": 10, "pay": 14, "drift": 6}
PROFILES = (
    Profile(name="storm", loss=10, weights={**TROUBLE, "resume": 2}),
    Profile(
        name="stalls",
        faults=("keeper", "isolate", "cut"),
        weights={**TROUBLE, "stall": 14, "fault": 4, "crash": 0},
    ),
    Profile(name="ping-pong", points=900, weights={**TROUBLE, "resume": 8, "fault": 5, "heal": 6}),
    Profile(
        name="there-and-back",
        points=900,
        faults=("keeper", "cut"),
        most_faults=20,
        begins=("keeper", "cut"),
        left_ms=5_000,
        asks=8,
        keys=8,
        stalls=((0, 500), (100_000, 0), (200_000, 0)),
        promotion_ms=(0, 500),
        weights={
            **TROUBLE,
            "resume": 14,
            "fault": 8,
            "heal": 8,
            "time": 26,
            "crash": 1,
            "rejoin": 0,
            "stall": 4,
        },
    ),
    Profile(
        name="planned",
        brisk=True,
        points=1500,
        loss=1,
        faults=("cut", "keeper", "database", "kill"),
        most_faults=2,
        stalls=((0, 30), (0, 80), (0, 160), (300, 0), (8_000, 0), (14_000, 0)),
        weights={
            **{event: 4 * weight for event, weight in CALM.items()},
            "time": 160,
            "pay": 40,
            "move": 16,
            "abort": 1,
            "retry": 6,
            "stall": 8,
            "crash": 4,
            "fault": 3,
            "heal": 8,
            "tick": 4,
            "resume": 8,
            "deliver": 4,
        },
    ),
    Profile(
        name="throttled",
        brisk=True,
        points=1400,
        begins=("keeper", "throttle"),
        faults=("keeper", "kill", "throttle", "cut"),
        left_ms=5_000,
        weights={**CALM, "time": 400, "fault": 1, "heal": 3, "crash": 2, "retry": 1, "resume": 1},
    ),
    Profile(
        name="jumps",
        brisk=True,
        points=900,
        faults=("kill", "keeper"),
        most_faults=1,
        jumps_ms=(0, 300_000, -180_000, 40_000, 3_600_000, 0, 20_000, -20_000),
        mends=True,
        weights={**CALM, "time": 160, "jump": 6, "fault": 2, "reconcile": 4, "resume": 2, "replicate": 3},
    ),
    Profile(
        name="restored",
        brisk=True,
        points=900,
        faults=("keeper",),
        most_faults=1,
        most_restores=2,
        mends=True,
        weights={**CALM, "time": 120, "move": 10, "restore": 2, "unfence": 1, "fault": 1, "heal": 4},
    ),
    Profile(
        name="lost-tables",
        brisk=True,
        points=900,
        faults=("keeper", "kill", "cut"),
        most_faults=1,
        most_losses=1,
        keys=10,
        mends=True,
        weights={
            **CALM,
            "time": 100,
            "pay": 14,
            "lose": 2,
            "approve": 2,
            "forget": 1,
            "fault": 3,
            "heal": 2,
            "crash": 1,
            "move": 4,
            "stall": 2,
            "replicate": 3,
            "reconcile": 3,
        },
    ),
    Profile(
        name="two-places",
        brisk=True,
        points=200,
        begins=("witness", "kill"),
        most_faults=0,
        heals=False,
        weights={**CALM, "time": 60},
    ),
    Profile(name="one-fault", weights={**CALM, "fault": 3}, most_faults=1, heals=False, brisk=True),
    Profile(name="bootstrap", loss=6, points=300, weights={**TROUBLE, "fault": 1}),
    Profile(name="edge", keep=110, edges=10, faults=("keeper",), weights=EDGE),
    Profile(
        name="zombie",
        points=600,
        edges=9,
        begins=("keeper", "cut"),
        left_ms=2_500,
        asks=6,
        stalls=((0, 60), (0, 100), (0, 160), (2_500, 0)),
        keys=2,
        promotion_ms=(0, 500),
        apart=True,
        weights={"switch": 40, "time": 6, "arrive": 8, "pay": 5, "stall": 6, "tick": 5},
    ),
    Profile(
        name="minutes",
        minutes=True,
        edges=10,
        left_ms=300_000,
        ttl_ms=300_000,
        stalls=((0, 40), (0, 80), (300, 0), (2_500, 0), (15_000, 0), (30_000, 0)),
        keys=12,
        drift_ms=(0, -2000, 2000),
        weights={
            "switch": 30,
            "time": 8,
            "ask_and_nap": 8,
            "pay": 5,
            "reconcile": 14,
            "replicate": 3,
            "stall": 5,
            "crash": 1,
            "drift": 2,
        },
    ),
    Profile(
        name="jumps-moves",
        brisk=True,
        points=1200,
        faults=("kill", "keeper"),
        most_faults=1,
        jumps_ms=(0, 300_000, -180_000, 40_000, 3_600_000, 0, -20_000),
        mends=True,
        weights={
            **CALM,
            "time": 160,
            "jump": 6,
            "move": 10,
            "abort": 1,
            "retry": 2,
            "fault": 2,
            "reconcile": 4,
            "resume": 2,
        },
    ),
)
BY_NAME = {profile.name: profile for profile in PROFILES}
KILLED_AFTER_RESTORE = replace(
    BY_NAME["lost-tables"],
    name="killed-after-restore",
    points=500,
    faults=("kill",),
    weights=BY_NAME["lost-tables"].weights
    | {"lose": 12, "replicate": 1, "fault": 5, "pay": 24}
    | dict.fromkeys(("move", "forget", "approve", "reconcile"), 0),
)
"""Played by its own test: it takes no turns with the others."""
BY_NAME[KILLED_AFTER_RESTORE.name] = KILLED_AFTER_RESTORE
