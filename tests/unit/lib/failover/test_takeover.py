import pytest

from failover.decision import Policy
from failover.lease import Kind
from failover.order import FORCED, PLANNED
from failover.steps import PLANNED_STEPS, STEPS, settle
from lib.failover.states import ABORTED, DONE, HELD, NOT_APPROVED
from lib.failover.takeover import APPROVAL_PAUSE_S, takeover
from lib.settings.timing import SETTLE_ROUND_S, Limits, invariants
from lib.systems.load import load_settings

SETTINGS = load_settings({})
LIMITS = SETTINGS.limits
MACHINE = takeover("arn:steps", LIMITS)
STATES = MACHINE["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def successors(state):
    following = {state[key] for key in ("Next", "Default") if key in state}
    following |= {choice["Next"] for choice in state.get("Choices", [])}
    return following | {catch["Next"] for catch in state.get("Catch", [])}


def walk(kind):
    """The steps of an execution in which everything succeeds at once."""
    order, state = [], MACHINE["StartAt"]
    while state != DONE:
        found = STATES[state]
        if found["Type"] == "Task":
            order.append(found["Parameters"]["Payload"]["step"])
        state = next((c["Next"] for c in found.get("Choices", []) if holds(c, kind)), None) or found.get(
            "Next", found.get("Default")
        )
    return order


def holds(choice, kind):
    return choice.get("StringEquals") == kind or choice.get("BooleanEquals") is True


@pytest.mark.parametrize("kind", ["failover", "bootstrap"])
def test_P11_the_steps_run_in_order(kind):
    assert walk(kind) == [step.name for step in FORCED]


@pytest.mark.parametrize("kind", ["switchover", "failback"])
def test_a_planned_takeover_drains_first_and_gets_the_lease_after_the_writer(kind):
    assert walk(kind) == [step.name for step in PLANNED]


def test_the_machine_knows_every_kind_and_every_step():
    steps = {task["Parameters"]["Payload"]["step"] for task in TASKS.values()}
    assert steps == set(STEPS) | set(PLANNED_STEPS)
    choices = {choice["StringEquals"] for choice in STATES["IsPlanned"]["Choices"]}
    assert choices == {kind.value for kind in Kind if kind.planned}


def test_every_state_exists_and_is_reached():
    reached, todo = set(), {MACHINE["StartAt"]}
    while todo:
        reached |= todo
        todo = {name for state in todo for name in successors(STATES[state])} - reached
    assert reached == set(STATES)


BEFORE_THE_LEASE = {"GuardPlanned", "Warm", "Drain", "AwaitSettled", "Switch", "AwaitWriter", "HandOver"}
FORCED_ONLY = {"Guard", "AwaitApproval", "Promote"}
PLANNED_ONLY = (BEFORE_THE_LEASE | {"Undo"}) - {"AwaitWriter", "HandOver"}


def test_a_step_that_cannot_be_completed_holds_the_takeover_or_undoes_a_planned_one():
    for name, task in TASKS.items():
        where = HELD if name in set(TASKS) - BEFORE_THE_LEASE - FORCED_ONLY else "MayUndo"
        where = "Promote" if name == "Accept" else where
        assert [(catch["ErrorEquals"], catch["Next"]) for catch in task["Catch"]] == [(["States.ALL"], where)]
    assert STATES["MayUndo"]["Default"] == HELD
    assert {choice["Next"] for choice in STATES["MayUndo"]["Choices"]} == {"Undo"}
    assert STATES["Undo"]["Next"] == ABORTED
    assert {STATES[end]["Type"] for end in (HELD, ABORTED)} == {"Fail"}
    assert STATES[NOT_APPROVED]["Error"] == NOT_APPROVED
    assert "dr approve" in STATES[NOT_APPROVED]["Cause"]
    assert (STATES[HELD]["Error"], STATES[ABORTED]["Error"]) == (HELD, ABORTED)


def test_accepting_early_never_holds_the_promotion_up_for_long():
    assert STATES["Accept"]["Next"] == "Promote"
    assert pauses_s(TASKS["Accept"]) < 20


def test_errors_are_retried_but_a_verdict_is_not():
    for task in TASKS.values():
        verdict, anything = task["Retry"]
        assert (verdict["ErrorEquals"], verdict["MaxAttempts"]) == (["Held"], 0)
        assert anything["ErrorEquals"] == ["States.ALL"]


def pauses_s(task):
    """What lies between the tries of a task that fails at once, every time."""
    _, retry = task["Retry"]
    first, growth, most = (retry[key] for key in ("IntervalSeconds", "BackoffRate", "MaxDelaySeconds"))
    return sum(min(first * growth**n, most) for n in range(retry["MaxAttempts"]))


@pytest.mark.parametrize("rto_s", [300, 900, 1800])
def test_a_forced_takeover_is_tried_again_as_long_as_the_objective_allows(rto_s):
    objectives = SETTINGS.objectives.model_copy(update={"rto_s": rto_s})
    limits = Limits.of(objectives, SETTINGS.protocol)
    states = takeover("arn:steps", limits)["States"]
    detected_s = 30 + 2 + 10
    for name in ("Guard", "AwaitApproval", "Promote", "AwaitWriter", "Fence", "Reconcile", "Activate"):
        tried_s = pauses_s(states[name])
        assert tried_s >= limits.retry_s == rto_s - 2 * detected_s
        assert tried_s < rto_s
    for name in PLANNED_ONLY:
        assert pauses_s(states[name]) < rto_s / 5


def test_an_objective_too_short_for_two_detections_still_tries_a_while():
    objectives = SETTINGS.objectives.model_copy(update={"rto_s": 60})
    limits = Limits.of(objectives, SETTINGS.protocol)
    assert (limits.retry_s, limits.planned_retry_s) == (42, 42)


def test_every_execution_ends_when_the_keeper_gives_it_up():
    assert MACHINE["TimeoutSeconds"] == LIMITS.transition_s == 2 * SETTINGS.objectives.rto_s


def test_a_promotion_that_takes_nearly_the_whole_objective_is_waited_for():
    assert STATES["IsWriter"]["Choices"][1]["NumericGreaterThanEquals"] > SETTINGS.objectives.rto_s


def test_B03_it_calls_nothing_but_the_function_of_its_own_region():
    assert {task["Resource"] for task in TASKS.values()} == {"arn:aws:states:::lambda:invoke"}
    assert {task["Parameters"]["FunctionName"] for task in TASKS.values()} == {"arn:steps"}
    kinds = {state["Type"] for state in STATES.values()}
    assert kinds == {"Task", "Choice", "Wait", "Pass", "Fail", "Succeed"}


def test_every_step_gets_the_takeover_it_belongs_to():
    for task in TASKS.values():
        assert task["Parameters"]["Payload"]["takeover.$"] == "$$.Execution.Input"


@pytest.mark.parametrize(
    ("what", "waits", "then", "pause_s", "otherwise"),
    [
        ("Writer", 1800, "IsLeaseElsewhere", 1, "MayUndo"),
        ("Settled", 40, "Switch", 1, "MayUndo"),
        ("Approval", 300, "Accept", APPROVAL_PAUSE_S, NOT_APPROVED),
    ],
)
def test_every_wait_ends(*, what, waits, then, pause_s, otherwise):
    done, given_up = STATES[f"Is{what}"]["Choices"]
    assert (done["Variable"], done["Next"]) == ("$.answer.done", then)
    assert (given_up["NumericGreaterThanEquals"], given_up["Next"]) == (waits, otherwise)
    assert STATES[f"Start{what}"]["Result"] == {"count": 0}
    assert STATES[f"Pause{what}"] == {"Type": "Wait", "Seconds": pause_s, "Next": f"Count{what}"}
    assert STATES[f"Count{what}"]["Parameters"] == {"count.$": "States.MathAdd($.waited.count, 1)"}
    assert STATES[f"Count{what}"]["ResultPath"] == STATES[f"Start{what}"]["ResultPath"] == "$.waited"


def test_replication_has_more_than_a_minute_to_catch_up_before_a_drain_is_undone():
    round_s = STATES["PauseSettled"]["Seconds"] + (settle.LOOKS - 1) * settle.PAUSE_S
    assert round_s < SETTLE_ROUND_S
    assert 60 < LIMITS.settle_waits * round_s < 120


def test_the_holder_drains_as_long_as_the_state_machine_may_need():
    policy = Policy(ttl_ms=30_000, skew_ms=2_000, transition_limit_ms=LIMITS.transition_s * 1000)
    assert LIMITS.drain_s * 1000 == policy.drain_limit_ms


@pytest.mark.parametrize(("rto_s", "broken"), [(900, 0), (300, 0), (210, 1), (120, 2)])
def test_an_objective_too_short_for_its_lease_is_named_with_the_shortest_that_is_not(rto_s, broken):
    found = invariants(SETTINGS.objectives.model_copy(update={"rto_s": rto_s}), SETTINGS.protocol)
    assert len(found) == broken
    assert all("set it to 220 or more" in one for one in found)
    assert invariants(SETTINGS.objectives.model_copy(update={"rto_s": 220}), SETTINGS.protocol) == []


def test_B10_the_wait_for_approvals_ends_before_the_keeper_gives_the_takeover_up():
    assert LIMITS.approval_s < LIMITS.transition_s
    assert STATES["IsPlanned"]["Default"] == "Guard"
    assert STATES["Guard"]["Next"] == "StartApproval"


def test_the_kind_is_never_overwritten():
    for state in STATES.values():
        assert state.get("ResultPath", "$.input") not in {"$", "$.kind"}
        assert state["Type"] != "Pass" or "ResultPath" in state
