"""W-9: whatever is delivered, however often and in whichever order, one thing is done."""

import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from remediation.observation import Missing, Mode, Symptom
from remediation.record import RESOURCE_MS, SYSTEM_MS, Record, RecordUnknown
from remediation.rules import Action, Decision, Rule
from remediation.turn import Outcome, Turn
from tests.unit.examples import tried

from .conftest import GROUP, NOW, POLICY, World

TARGETS = "webapp-unhealthy-targets-test"
WRITER = "webapp-writer-unreachable-test"
CHANGED = {"detail-type": "CloudWatch Alarm State Change", "detail": {"alarmName": TARGETS}}
DIRECT = {"source": "aws.cloudwatch", "alarmData": {"alarmName": TARGETS}}
MAILED = {"Records": [{"Sns": {"Message": json.dumps({"AlarmName": TARGETS, "NewStateValue": "ALARM"})}}]}
TICK = {"detail-type": "Scheduled Event", "detail": {}}
AWAY = EndpointConnectionError(endpoint_url="https://dynamodb")


def refused(*_, **__):
    raise ClientError({"Error": {"Code": "Throttling", "Message": "no"}}, "Call")


def outcomes(turn, *deliveries):
    return [told["outcome"] for event in deliveries for told in turn.run(event)]


def test_W08_the_same_alarm_three_times_is_one_action_with_its_evidence(turn, world, table, caplog):
    with caplog.at_level("INFO"):
        assert outcomes(turn, CHANGED, CHANGED, CHANGED) == [Outcome.ACCEPTED, *[Outcome.CLAIMED_BEFORE] * 2]
    assert world.applied == [(Action.REPLACE_INSTANCE, "i-2")]
    item = table.get_item(TableName="actions", Key={"resource": {"S": "i-2"}})["Item"]
    assert (item["rule"]["S"], item["outcome"]["S"], item["alarm"]["S"]) == (
        Rule.REPLACE,
        "accepted",
        TARGETS,
    )
    line = next(record for record in caplog.records if record.message == "remediation")
    assert (line.rule, line.resource, line.outcome) == (Rule.REPLACE, "i-2", "accepted")


@pytest.mark.parametrize("event", [CHANGED, DIRECT, MAILED])
def test_W07_an_alarm_may_come_by_the_bus_by_a_topic_or_directly(turn, world, event):
    turn.run(event)
    assert world.applied == [(Action.REPLACE_INSTANCE, "i-2")]


@pytest.mark.parametrize("event", [TICK, {}, {"Records": "x"}, {"Records": [{"Sns": {"Message": "{"}}]}])
def test_a_schedule_or_what_nobody_knows_looks_at_all_that_rings(turn, world, event):
    world.rings = (WRITER, TARGETS)
    assert [told["alarm"] for told in turn.run(event)] == [WRITER, TARGETS]
    world.rings = ()
    assert turn.run(event) == []


@pytest.mark.parametrize("message", ["[]", '{"Records": [{}]}', '{"AlarmName": 1}'])
def test_a_hostile_message_is_no_alarm(turn, world, message):
    assert turn.run({"Records": [{"Sns": {"Message": message}}, {"Sns": 1}, 2]}) == []


def test_W08_ten_alarms_at_once_are_one_action(turn, world):
    world.rings = (WRITER, *[f"webapp-{one}-test" for one in Symptom] * 3)
    turn.run(TICK)
    assert len(world.applied) == 1


def test_the_next_action_comes_when_the_first_had_its_time_and_the_same_resource_later(turn, world):
    turn.run(CHANGED)
    world.now += SYSTEM_MS
    turn.run({"detail": {"alarmName": WRITER}})
    assert world.applied[1:] == [(Action.FAIL_OVER, "main")]
    world.now += RESOURCE_MS - SYSTEM_MS - 1
    turn.run(CHANGED)
    assert len(world.applied) == 2
    world.now += 1
    turn.run(CHANGED)
    assert world.applied[2:] == [(Action.REPLACE_INSTANCE, "i-2")]


def test_what_was_done_is_remembered_for_an_hour(turn, world):
    turn.run({"detail": {"alarmName": WRITER}})
    world.now += 59 * 60_000
    assert turn.run({"detail": {"alarmName": WRITER}})[0]["rule"] == Rule.DID_NOT_HELP
    world.now += 60_000
    assert turn.run({"detail": {"alarmName": WRITER}})[0]["rule"] == Rule.FAIL_OVER


def test_what_a_fast_clock_wrote_down_holds_no_longer_than_anything_else(turn, world):
    world.now += 24 * 3_600_000
    assert outcomes(turn, CHANGED) == [Outcome.ACCEPTED]
    world.facts = {"mode": None}
    assert outcomes(turn, CHANGED) == [Outcome.PAGED]
    world.now -= 24 * 3_600_000
    assert outcomes(turn, CHANGED, CHANGED) == [Outcome.PAGED, Outcome.PAGED_BEFORE]
    world.facts = {}
    assert outcomes(turn, CHANGED, CHANGED) == [Outcome.ACCEPTED, Outcome.CLAIMED_BEFORE]


@pytest.mark.parametrize("item", [{"rule": {"S": "M99_of_tomorrow"}, "at_ms": {"N": str(NOW)}}, {}])
def test_a_record_that_cannot_be_understood_calls_a_person_about_every_alarm(turn, world, table, item):
    table.put_item(TableName="actions", Item={"resource": {"S": "i-1"}, **item})
    world.rings = (TARGETS, WRITER)
    assert outcomes(turn, TICK) == [Outcome.PAGED, Outcome.PAGED]
    assert world.pages == [(Rule.RECORD_UNKNOWN, alarm) for alarm in (TARGETS, WRITER)]
    assert world.applied == []


def test_a_lost_database_is_promoted_and_then_its_name_moves(turn, world):
    world.facts = {"primary": Missing.GONE}
    turn.run({"detail": {"alarmName": WRITER}})
    world.now += SYSTEM_MS
    promoted = replace(world.observe(WRITER, at_ms=0).replica, source="")
    world.facts = {"primary": Missing.GONE, "replica": promoted}
    turn.run({"detail": {"alarmName": WRITER}})
    assert world.applied == [(Action.PROMOTE_REPLICA, "copy"), (Action.POINT_NAME, "db.example.internal")]


def test_a_dry_run_says_what_it_would_do_and_claims_nothing(turn, world, table):
    world.facts = {"mode": Mode.DRY_RUN}
    [told] = turn.run(CHANGED)
    assert (told["action"], told["outcome"]) == (Action.REPLACE_INSTANCE, Outcome.DRY_RUN)
    assert world.applied == []
    assert table.scan(TableName="actions")["Items"] == []


def test_W08_when_most_is_sick_a_person_is_called_once_and_nothing_is_touched(turn, world):
    sick = tuple(replace(one, healthy=False) for one in GROUP.instances)
    world.facts = {"group": replace(GROUP, instances=sick)}
    assert outcomes(turn, CHANGED, CHANGED) == [Outcome.PAGED, Outcome.PAGED_BEFORE]
    assert (world.applied, world.pages) == ([], [(Rule.MOST_SICK, TARGETS)])
    world.now += RESOURCE_MS
    assert outcomes(turn, CHANGED) == [Outcome.PAGED]


def test_what_is_well_is_left_alone(turn, world):
    world.facts = {"ringing": False}
    assert outcomes(turn, CHANGED) == [Outcome.NOTHING]
    assert (world.applied, world.pages) == ([], [])


def test_alarms_that_cannot_be_listed_call_a_person(turn, world):
    world.rings = None
    assert turn.run(TICK)[0]["outcome"] == Outcome.PAGED
    assert world.pages == [(Rule.ALARM_UNKNOWN, "*")]


def test_an_action_that_AWS_refuses_calls_a_person_and_is_not_tried_again_at_once(turn, world, table):
    world.when_applied = refused
    assert outcomes(turn, CHANGED, CHANGED) == [Outcome.FAILED, Outcome.CLAIMED_BEFORE]
    assert world.pages == [(Rule.ACTION_FAILED, TARGETS)]
    item = table.get_item(TableName="actions", Key={"resource": {"S": "i-2"}})["Item"]
    assert item["outcome"]["S"] == "failed"


def test_a_person_who_cannot_be_called_is_said_so(turn, world):
    world.facts, world.when_called = {"mode": Mode.OFF}, refused
    assert outcomes(turn, CHANGED) == [Outcome.NOT_PAGED]


class Broken:
    """A table of which one call fails."""

    def __init__(self, table, **broken):
        self._table, self._broken = table, broken

    def __getattr__(self, name):
        if name in self._broken:
            error = self._broken[name]

            def fail(**_):
                raise error

            return fail
        return getattr(self._table, name)


CONFLICT = ClientError(
    {
        "Error": {"Code": "TransactionCanceledException", "Message": "no"},
        "CancellationReasons": [{"Code": "TransactionConflict"}],
    },
    "TransactWriteItems",
)


@pytest.mark.parametrize("error", [AWAY, CONFLICT])
@pytest.mark.parametrize("call", ["transact_write_items", "get_item"])
def test_W08_without_the_table_nothing_is_done_and_a_person_is_called(turn, world, table, call, error):
    blind = replace(turn, record=Record(Broken(table, **{call: error}), "actions"))
    outcomes(blind, CHANGED)
    assert (world.applied, world.pages) == ([], [(Rule.RECORD_UNKNOWN, TARGETS)])


def test_an_action_whose_end_cannot_be_written_down_was_done_all_the_same(turn, world, table):
    blind = replace(turn, record=Record(Broken(table, update_item=AWAY), "actions"))
    assert outcomes(blind, CHANGED, CHANGED) == [Outcome.ACCEPTED, Outcome.CLAIMED_BEFORE]
    with pytest.raises(RecordUnknown):
        blind.record.ended("i-2", "accepted")


class Memory:
    """The record's contract in memory: quick enough for thousands of turns."""

    def __init__(self):
        self.claims = {}

    def claim(self, decision, *, alarm, at_ms):
        keys = {decision.resource: RESOURCE_MS, "*": SYSTEM_MS}
        return self._take(keys, decision, at_ms)

    def claim_page(self, decision, *, alarm, at_ms):
        return self._take({f"page {decision.rule} {alarm}": RESOURCE_MS}, decision, at_ms)

    def ended(self, resource, outcome):
        return None

    def lately(self, resources, *, at_ms):
        return tuple((one, self.claims[one][1]) for one in resources if one in self.claims)

    def _take(self, keys, decision, at_ms):
        if any(key in self.claims and at_ms - self.claims[key][0] < window for key, window in keys.items()):
            return False
        self.claims.update(dict.fromkeys(keys, (at_ms, decision.rule)))
        return True


@pytest.mark.parametrize("make", [lambda _: Memory(), lambda table: Record(table, "actions")])
def test_the_record_in_memory_and_the_table_let_the_same_through(make, table):
    record = make(table)
    steps = [
        ("a", 0, True),
        ("a", 1, False),
        ("b", SYSTEM_MS - 1, False),
        ("b", SYSTEM_MS, True),
        ("a", RESOURCE_MS - 1, False),
        ("a", RESOURCE_MS, True),
    ]
    for resource, after_ms, wanted in steps:
        decision = Decision(action=Action.FAIL_OVER, rule=Rule.FAIL_OVER, reason="", resource=resource)
        assert record.claim(decision, alarm="x", at_ms=NOW + after_ms) is wanted
    assert set(record.lately(("a", "b", "c"), at_ms=NOW + RESOURCE_MS)) == {
        ("a", Rule.FAIL_OVER),
        ("b", Rule.FAIL_OVER),
    }


STEPS = st.lists(
    st.tuples(
        st.sampled_from(list(Symptom)),
        st.integers(0, 15 * 60_000),
        st.sampled_from([True, True, True, False, None]),
    ),
    min_size=1,
    max_size=30,
)


@tried(40)
@given(STEPS, st.randoms(use_true_random=False))
def test_W08_in_any_order_and_however_often_a_resource_is_touched_once_in_ten_minutes(steps, random):
    nothing = lambda: None  # noqa: E731
    world = World(
        now=NOW, facts={}, rings=(), applied=[], pages=[], when_applied=nothing, when_called=nothing
    )
    turn = Turn(
        sensors=world, effectors=world, pager=world, record=Memory(), policy=POLICY, clock=lambda: world.now
    )
    deliveries = [step for step in steps for _ in range(3)]
    random.shuffle(deliveries)
    moments = []
    for symptom, pause_ms, ringing in deliveries:
        world.now += pause_ms // 10
        world.facts = {"ringing": ringing}
        before = len(world.applied)
        turn.run({"detail": {"alarmName": f"webapp-{symptom}-test"}})
        moments += [(world.now, resource) for _, resource in world.applied[before:]]
        assert ringing or len(world.applied) == before
    for number, (at, resource) in enumerate(moments):
        assert all(later - at >= SYSTEM_MS for later, _ in moments[number + 1 :])
        assert all(later - at >= RESOURCE_MS for later, other in moments[number + 1 :] if other == resource)
