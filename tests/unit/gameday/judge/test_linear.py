"""The search itself: against brute force, on the objects that it is used for."""

from itertools import permutations, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gameday.judge.linear import UNKNOWN, Op, linearize
from gameday.judge.objects import Absent, Asked, Entry, Found, Held, Key, LeaseRegister

EUR, USD = (1, "EUR"), (1, "USD")
REQUESTS = [Asked(money, told) for money, told in product((EUR, USD), (None, "a", "b"))]
LOOKS = [Found(()), Found((("a", EUR),)), Found((("b", None),)), Found((("a", EUR), ("b", EUR)))]
HOLDERS = [Held(epoch, holder, taking) for epoch, holder, taking in product((1, 2), "ew", (True, False))]
SEEN = [*HOLDERS, Held(1, "e", None), Held(2, "w", None)]
ENTRIES = [Entry(one_id, money) for one_id, money in product((None, "a", "b"), (None, EUR, USD))]
OBJECTS = {
    "key": (Key(), [Absent(), *ENTRIES], [*REQUESTS, *LOOKS]),
    "lease": (LeaseRegister(), [LeaseRegister.initial, *HOLDERS], SEEN),
}


def op(called, returned, value):
    return Op(called=called, returned=returned, value=value, told=str(value))


def window(*ops):
    return linearize(ops, LeaseRegister()).window


def explained_by_brute_force(ops, spec) -> bool:
    """Every order of every choice of unknown outcomes that took effect."""
    known = [number for number, one in enumerate(ops) if one.returned != UNKNOWN]
    for order in permutations(range(len(ops))):
        for end in range(len(known), len(ops) + 1):
            taken = [ops[number] for number in order[:end]]
            if set(known) <= set(order[:end]) and _timely(taken) and _allowed(taken, spec):
                return True
    return False


def _timely(order) -> bool:
    return not any(
        later.returned < earlier.called
        for number, earlier in enumerate(order)
        for later in order[number + 1 :]
    )


def _allowed(order, spec) -> bool:
    state = spec.initial
    for one in order:
        state = spec.step(state, one.value)
        if state is None:
            return False
    return True


FIRST, SECOND = Held(1, "e", taking=False), Held(2, "w", taking=True)


def test_an_empty_history_is_explained():
    assert window() is None


def test_what_overlaps_may_come_in_either_order():
    assert window(op(0, 5, SECOND), op(1, 2, FIRST)) is None


def test_what_came_after_another_may_not_come_before_it():
    found = window(op(0, 1, FIRST), op(2, 3, SECOND), op(4, 5, FIRST))
    assert found.state == "epoch 2 of w (TAKING)"
    assert (found.explained, found.unexplained) == ((str(FIRST), str(SECOND)), (str(FIRST),))


def test_an_unknown_outcome_takes_effect_late_or_never():
    lost = op(0, UNKNOWN, Asked(EUR, None))
    absent, there = op(5, 6, Found(())), op(7, 8, Found((("a", EUR),)))
    gone = op(9, 10, Found(()))
    found = [
        linearize(ops, Key()).window for ops in ([lost, absent], [lost, absent, there], [lost, there, gone])
    ]
    assert [one is None for one in found] == [True, True, False]


def test_what_was_searched_once_is_not_searched_again():
    """Any of the attempts may have been the one that took effect: what follows is the same."""
    attempts = [op(number, UNKNOWN, Asked(EUR, None)) for number in range(30)]
    found = linearize([*attempts, op(40, 41, Found((("a", USD),)))], Key())
    assert found.window is not None
    assert found.steps < 4 * 31**2


@pytest.mark.parametrize("name", OBJECTS)
def test_the_objects_never_go_back(name):
    """What the shortcut of the search rests on, for every state that follows, in any number of steps."""
    spec, states, values = OBJECTS[name]
    for state, value in product(states, values):
        if spec.step(state, value) != state:
            continue
        later, waiting = {state}, [state]
        while waiting:
            here = waiting.pop()
            reached = {spec.step(here, other) for other in values} - {None} - later
            later |= reached
            waiting += reached
        assert all(spec.step(one, value) in {one, None} for one in later)


def ops_of(values):
    return st.lists(
        st.builds(
            lambda called, length, value: op(called, UNKNOWN if length == 9 else called + length, value),
            st.integers(0, 6),
            st.integers(0, 9),
            st.sampled_from(values),
        ),
        max_size=5,
    )


@pytest.mark.parametrize("name", OBJECTS)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_the_search_and_brute_force_agree(name, data):
    spec, _, values = OBJECTS[name]
    ops = data.draw(ops_of(values))
    assert (linearize(ops, spec).window is None) == explained_by_brute_force(ops, spec)
