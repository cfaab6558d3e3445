"""A sound set of orders, harmed one fact at a time: each harm must be found, and nothing else."""

from dataclasses import replace

import pytest

from gameday.judge.order_check import check_orders
from gameday.judge.summary import OrderCounts
from gameday.load.records import Kind, LedgerRow, Operation
from tests.unit.gameday.builders import FAULT, attempt, failed, operation, row

STANDING = operation(980.0, attempt(980.0, entry_id="standing"))
ENDED = operation(981.0, attempt(981.0, entry_id="ended"))
ONLY_JOURNALLED = operation(982.0, attempt(982.0, entry_id="journalled", status=202))
UNKNOWN = operation(983.0, failed(983.0))


def about(kind: Kind, order_id: str, at: float, **told) -> Operation:
    answer = attempt(at, **({"status": 200, "entry_id": None} | told))
    return operation(at, answer, kind=kind, about=order_id, key=f"{kind}:{order_id}")


CANCELLED = about(Kind.CANCEL, "ended", 985.0)
READ = about(Kind.READ, "ended", 986.0, told="cancelled")
OPERATIONS = [STANDING, ENDED, ONLY_JOURNALLED, UNKNOWN, CANCELLED, READ]
ROWS = [row(STANDING), row(ENDED), replace(row(CANCELLED, entry_id="c"), cancels="ended")]
LISTED = frozenset({"standing", "journalled", "of another run"})


def counts(operations=OPERATIONS, rows: list[LedgerRow] = ROWS, listed=LISTED, fault=FAULT) -> OrderCounts:
    return check_orders(operations, rows, listed, fault).counts


SOUND = OrderCounts(open=2, unlisted=0, undead=0, taken=0, denied=0)


def test_T07_a_sound_set_of_orders_has_no_findings():
    assert counts() == SOUND


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"listed": LISTED - {"standing"}}, {"unlisted": 1}),
        ({"listed": LISTED - {"journalled"}}, {"unlisted": 1}),
        ({"listed": LISTED | {"ended"}}, {"undead": 1}),
        ({"rows": [*ROWS, replace(ROWS[2], cancels="standing")]}, {"taken": 1}),
        ({"operations": [*OPERATIONS, about(Kind.READ, "standing", 987.0, status=404)]}, {"denied": 1}),
        ({"operations": [*OPERATIONS, about(Kind.CANCEL, "ended", 987.0, status=404)]}, {"denied": 1}),
        ({"operations": [*OPERATIONS, about(Kind.READ, "ended", 987.0, told="open")]}, {"denied": 1}),
    ],
)
def test_T07_each_harm_to_an_order_is_found(changes, found):
    assert counts(**changes) == SOUND.model_copy(update=found)


def test_an_order_whose_cancellation_was_only_asked_for_may_be_open_or_cancelled():
    asked = operation(985.0, failed(985.0), kind=Kind.CANCEL, about="ended")
    operations = [STANDING, ENDED, ONLY_JOURNALLED, asked, about(Kind.READ, "ended", 986.0, told="open")]
    for listed in (LISTED, LISTED | {"ended"}):
        assert counts(operations, ROWS, listed) == SOUND


def test_what_was_asked_before_a_cancellation_was_known_is_no_contradiction():
    early = about(Kind.READ, "ended", 984.9, told="open")
    assert counts([*OPERATIONS, early]) == SOUND


def test_a_list_of_open_orders_says_nothing_of_one_order():
    assert counts([*OPERATIONS, about(Kind.LIST, "ended", 987.0, status=404)]) == SOUND


@pytest.mark.parametrize(
    ("since", "until", "entered"), [(979.0, None, 3), (979.0, 981.5, 2), (982.5, None, 0)]
)
def test_T07_an_order_that_was_taken_while_order_entry_was_halted_is_found(since, until, entered):
    halted = replace(FAULT, halted_from=since, halted_until=until)
    assert counts(fault=halted) == SOUND.model_copy(update={"entered": entered})
