from lib.constructs.takeover import DONE, HELD, takeover

MACHINE = takeover("arn:steps", waits=600)
STATES = MACHINE["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def successors(state):
    following = {state[key] for key in ("Next", "Default") if key in state}
    following |= {choice["Next"] for choice in state.get("Choices", [])}
    return following | {catch["Next"] for catch in state.get("Catch", [])}


def test_P11_the_steps_run_in_order():
    order, state = [], MACHINE["StartAt"]
    while state != DONE:
        if "Parameters" in STATES[state] and "Payload" in STATES[state]["Parameters"]:
            order.append(STATES[state]["Parameters"]["Payload"]["step"])
        choices = STATES[state].get("Choices")
        state = choices[0]["Next"] if choices else STATES[state]["Next"]
    assert order == [
        "guard",
        "promote",
        "wait_writer",
        "fence",
        "reconcile",
        "publish",
        "activate",
        "verify",
        "record",
    ]


def test_every_state_exists_and_is_reached():
    reached, todo = set(), {MACHINE["StartAt"]}
    while todo:
        reached |= todo
        todo = {name for state in todo for name in successors(STATES[state])} - reached
    assert reached == set(STATES)


def test_a_step_that_cannot_be_completed_holds_the_takeover():
    for task in TASKS.values():
        assert [(catch["ErrorEquals"], catch["Next"]) for catch in task["Catch"]] == [(["States.ALL"], HELD)]
    assert STATES[HELD]["Type"] == "Fail"
    assert STATES[HELD]["Error"] == HELD


def test_errors_are_retried_but_a_verdict_is_not():
    for task in TASKS.values():
        verdict, anything = task["Retry"]
        assert (verdict["ErrorEquals"], verdict["MaxAttempts"]) == (["Held"], 0)
        assert anything["ErrorEquals"] == ["States.ALL"]
        assert anything["MaxAttempts"] >= 10


def test_B03_it_calls_nothing_but_the_function_of_its_own_region():
    assert {task["Resource"] for task in TASKS.values()} == {"arn:aws:states:::lambda:invoke"}
    assert {task["Parameters"]["FunctionName"] for task in TASKS.values()} == {"arn:steps"}
    kinds = {state["Type"] for state in STATES.values()}
    assert kinds == {"Task", "Choice", "Wait", "Pass", "Fail", "Succeed"}


def test_every_step_gets_the_takeover_it_belongs_to():
    for task in TASKS.values():
        assert task["Parameters"]["Payload"]["takeover.$"] == "$$.Execution.Input"


def test_the_wait_for_the_writer_ends():
    done, given_up = STATES["IsWriter"]["Choices"]
    assert (done["Variable"], done["Next"]) == ("$.writer.done", "Fence")
    assert (given_up["NumericGreaterThanEquals"], given_up["Next"]) == (600, HELD)
    assert STATES["StartCount"]["Result"] == {"count": 0}
    assert STATES["Pause"] == {"Type": "Wait", "Seconds": 1, "Next": "Count"}
    assert STATES["Count"]["Parameters"] == {"count.$": "States.MathAdd($.count, 1)"}
