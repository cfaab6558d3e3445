from localcloud.fleet.groups.seen import Tracking
from tests.unit.localcloud.fleet.groups.group_world import World, group


def settled(**changes: object) -> World:
    world = World(group(warmup_s=60, **changes))
    world.until(lambda: len(world.serving()) == world.group.desired)
    world.run(400)
    return world


def busy(value: float | None, *, name: str = "cpu", **more: bool) -> Tracking:
    return Tracking(name, target=50, value=value, **more)


def test_one_policy_that_wants_out_is_enough():
    world = settled()
    world.trackings = (busy(90, high=True), busy(10, name="requests", low=True))
    world.run(2)
    assert world.group.desired == 6


def test_an_alarm_that_goes_on_does_not_scale_again_while_instances_warm_up():
    world = settled()
    world.trackings = (busy(90, high=True),)
    world.run(50)
    assert world.group.desired == 6


def test_the_maximum_is_never_exceeded():
    world = settled(maximum=4)
    world.trackings = (busy(500, high=True),)
    world.run(2)
    assert world.group.desired == 4


def test_nothing_is_taken_away_unless_all_policies_want_it():
    world = settled()
    world.trackings = (busy(10, low=True), busy(45, name="requests"))
    world.run(400)
    assert world.group.desired == 3
    world.trackings = (busy(10, low=True), busy(30, name="requests", low=True))
    world.run(2)
    assert world.group.desired == 2


def test_without_data_nothing_is_taken_away():
    world = settled()
    world.trackings = (busy(10, low=True), busy(None, name="requests"))
    world.run(400)
    assert world.group.desired == 3


def test_a_policy_without_scale_in_keeps_the_capacity():
    world = settled()
    world.trackings = (busy(10, low=True, scale_in=False),)
    world.run(400)
    assert world.group.desired == 3


def test_scale_in_waits_after_a_change_and_stops_at_the_minimum():
    world = settled(minimum=1)
    world.trackings = (busy(90, high=True),)
    world.run(2)
    world.trackings = (busy(0, low=True),)
    world.run(250)
    assert world.group.desired == 6
    world.run(150)
    assert world.group.desired == 1


def test_a_suspended_alarm_notification_scales_nothing():
    world = settled(suspended=frozenset({"AlarmNotification"}))
    world.trackings = (busy(90, high=True),)
    world.run(5)
    assert world.group.desired == 3
