"""One run: chaos under a profile, then calm, in which the system has to serve again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.model.chaos import Chaos
from tests.model.choices import Choices
from tests.model.payments import Payments
from tests.model.profiles import PROFILES, Profile
from tests.model.subject import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to."""

    profile: str
    broken: str | None
    choices: tuple[int, ...]
    count: Counter[str]
    story: tuple[str, ...]
    points: int


def run(
    profile: Profile,
    *,
    seed: int | None = None,
    given: Sequence[int] = (),
    system: System = Payments,
    story: bool = False,
) -> Outcome:
    """Play one schedule: of a seed, or of the choices of an earlier run."""
    choices = Choices(seed, given)
    chaos = Chaos(profile, choices, system=system, story=story)
    chaos.play()
    world = chaos.world
    return Outcome(
        profile=profile.name,
        broken=world.watch.broken,
        choices=tuple(choices.made),
        count=world.count,
        story=tuple(world.story or ()),
        points=world.points,
    )


def profile_of(seed: int, system: System = Payments) -> Profile:
    """Every seed has its profile: those under which the system promises something take turns."""
    profiles = [profile for profile in PROFILES if profile.name not in system.no_promise]
    return profiles[seed % len(profiles)]


def run_seed(seed: int, *, system: System = Payments, story: bool = False) -> Outcome:
    """The run that a seed means."""
    return run(profile_of(seed, system), seed=seed, system=system, story=story)
