"""What kinds of trouble a run may meet. A profile is a bias, not a script."""

from dataclasses import dataclass, field

FAULTS = ("kill", "isolate", "cut", "witness", "database", "keeper")


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
    heals: bool = True
    edges: int = 7
    """The more, the more often time jumps to where a lease begins or ends to count."""
    brisk: bool = False
    """Time passes only when nobody has anything to do: no process is ever slow."""
    drift_ms: tuple[int, ...] = (0, -2000, 2000, -1999, 1999, -700, 700)
    """What a region's clock may be wrong by."""
    weights: dict[str, int] = field(default_factory=dict)


CALM = {"switch": 30, "time": 20, "replicate": 6, "arrive": 4, "pay": 8}
TROUBLE = {**CALM, "stall": 5, "crash": 2, "fault": 3, "heal": 2, "deliver": 3, "drift": 2, "tick": 3}
PROFILES = (
    Profile(name="storm", loss=10, weights={**TROUBLE, "resume": 2}),
    Profile(name="stalls", weights={**TROUBLE, "stall": 14, "fault": 4, "crash": 0}, faults=("keeper", "isolate", "cut")),
    Profile(name="ping-pong", points=900, weights={**TROUBLE, "resume": 8, "fault": 5, "heal": 6}),
    Profile(name="one-fault", weights={**CALM, "fault": 3}, most_faults=1, heals=False, brisk=True),
    Profile(name="bootstrap", loss=6, points=300, weights={**TROUBLE, "fault": 1}),
    Profile(name="edge", keep=110, edges=10, weights={**TROUBLE, "stall": 9, "time": 30, "tick": 10, "pay": 14, "drift": 6}, faults=("keeper",)),
)
BY_NAME = {profile.name: profile for profile in PROFILES}
