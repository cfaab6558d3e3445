"""Whatever befalls a group, the promises of Auto Scaling hold."""

from dataclasses import replace

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from localcloud.fleet.groups.actions import Action, End, Launch
from localcloud.fleet.groups.facts import Template
from localcloud.fleet.groups.health import IMPAIRED, NOT_RUNNING
from tests.unit.examples import tried
from tests.unit.localcloud.fleet.groups.group_world import ZONES, World, group

EVENTS = st.one_of(
    st.tuples(st.just("kill"), st.integers(0, 9)),
    st.tuples(st.just("close"), st.sets(st.sampled_from(ZONES)).map(frozenset)),
    st.tuples(st.just("desire"), st.integers(1, 6)),
    st.tuples(st.just("refresh"), st.sampled_from([(90, 100), (100, 110), (50, 100), (50, 150)])),
    st.tuples(st.just("sick"), st.sets(st.sampled_from(["1", "2", "3"])).map(frozenset)),
    st.tuples(st.just("alarm"), st.booleans()),
)
STORIES = st.lists(st.tuples(EVENTS, st.integers(1, 40)), max_size=12)
NOT_CHOSEN = (NOT_RUNNING, IMPAIRED, "ELB", "user health-check", "abandoned")


def play(world: World, story: list[tuple[tuple[str, object], int]]) -> None:
    world.run(15)
    for (event, detail), seconds in story:
        match event, detail:
            case "kill", int(which) if world.facts.alive:
                world.kill(world.facts.alive[which % len(world.facts.alive)].id)
            case "close", frozenset(zones):
                world.close(zones)
            case "desire", int(desired):
                world.group = replace(world.group, desired=desired)
            case "refresh", (int(low), int(high)):
                if not (world.facts.refresh and world.facts.refresh.active):
                    version = str(int(world.group.template.version) + 1)
                    wish = {"min_healthy": low, "max_healthy": high, "alarms": frozenset({"errors"})}
                    world.begin_refresh(Template("lt-1", version), auto_rollback=True, **wish)
            case "sick", frozenset(versions):
                world.sick_versions = set(versions)
            case "alarm", bool(rings):
                world.alarms = {"errors"} if rings else set()
        world.run(seconds)


def watched(story: list[tuple[tuple[str, object], int]]) -> World:
    world = World(group(maximum=6, warmup_s=5.0, grace_s=8.0, elb_health=True))
    world.watch += [never_above_the_maximum, never_more_chosen_than_allowed, never_twice]
    play(world, story)
    return world


def never_above_the_maximum(world: World, actions: list[Action]) -> None:
    launched = sum(isinstance(action, Launch) for action in actions)
    ended = sum(isinstance(action, End) for action in actions)
    alive = len(world.facts.alive) + launched - ended
    assert alive <= world.facts.ceiling
    extra = sum(isinstance(action, Launch) and action.extra for action in actions)
    assert launched - extra <= max(0, world.group.maximum)


def never_more_chosen_than_allowed(world: World, actions: list[Action]) -> None:
    """Who is not sick is ended for a reason only, and as many stay in service as the reason demands."""
    chosen = [
        action
        for action in actions
        if isinstance(action, End) and not any(cause in action.cause for cause in NOT_CHOSEN)
    ]
    refresh = world.facts.refresh
    if not chosen or refresh is None or not refresh.active:
        return
    ended = {action.member for action in actions if isinstance(action, End)}
    left = [member for member in world.facts.alive if member.id not in ended]
    floor = world.group.desired * refresh.preferences.min_healthy / 100
    assert len(left) >= min(floor - 1, world.group.desired - 1)


def never_twice(_: World, actions: list[Action]) -> None:
    ended = [action.member for action in actions if isinstance(action, End)]
    assert len(ended) == len(set(ended))


@tried(25, suppress_health_check=[HealthCheck.too_slow])
@given(STORIES)
def test_the_group_keeps_its_bounds_and_comes_to_rest(story):
    world = watched(story)
    world.close([])
    world.sick_versions = set()
    world.alarms = set()
    world.run(700)
    assert len(world.serving()) == len(world.facts.members) == world.group.desired
    most, fewest = max(world.zones().values()), min(world.zones()[zone] for zone in ZONES)
    assert most - fewest <= 1
    assert world.facts.refresh is None or not world.facts.refresh.active


@tried(15)
@given(st.sets(st.sampled_from(ZONES), min_size=1).map(frozenset), st.integers(100, 1000))
def test_zones_that_refuse_are_not_asked_over_and_over(closed, seconds):
    world = World(group(), closed=set(closed))
    world.run(seconds)
    assert all(world.tried[zone] <= 8 + seconds / 50 for zone in closed)
    if len(closed) < len(ZONES):
        assert len(world.serving()) == 3
