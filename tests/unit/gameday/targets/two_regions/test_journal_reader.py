"""What the harness reads of the journal."""

import pytest

from gameday.errors import LedgerUnread
from tests.unit.gameday.clouds import stubbed


def key(name: str) -> dict:
    """As the journal has it: the key that the client sent, and whose it is."""
    return {"idempotency_key": {"S": f"{name}@sub:payments"}}


def item(name: str) -> dict:
    return {**key(name), "entry_id": {"S": f"id-{name}"}, "epoch": {"N": "1"}, "state": {"S": "INTENT"}}


def asked(*names: str) -> dict:
    return {"RequestItems": {"journal": {"Keys": [key(name) for name in names], "ConsistentRead": True}}}


def answer(*names: str, put_off: tuple[str, ...] = ()) -> dict:
    unprocessed = {"journal": {"Keys": [key(name) for name in put_off]}} if put_off else {}
    return {"Responses": {"journal": [item(name) for name in names]}, "UnprocessedKeys": unprocessed}


async def test_entries_are_read_consistently_by_key_and_an_unknown_payment_has_none(world):
    world, stub = stubbed(world, "dynamodb")
    stub.add_response("batch_get_item", answer("a"), asked("a", "b"))
    (entry,) = await world.journal(["a", "b"])
    assert (entry.idempotency_key, entry.entry_id, entry.epoch, entry.state) == ("a", "id-a", 1, "INTENT")


async def test_a_hundred_keys_are_asked_for_at_once(world):
    world, stub = stubbed(world, "dynamodb")
    names = [f"{number:03d}" for number in range(101)]
    stub.add_response("batch_get_item", answer(*names[:100]), asked(*names[:100]))
    stub.add_response("batch_get_item", answer("100"), asked("100"))
    assert [entry.idempotency_key for entry in await world.journal(names)] == names


async def test_keys_that_dynamodb_puts_off_are_asked_for_again(world):
    world, stub = stubbed(world, "dynamodb")
    stub.add_response("batch_get_item", answer("a", put_off=("b",)), asked("a", "b"))
    stub.add_response("batch_get_item", answer("b"), asked("b"))
    assert [entry.idempotency_key for entry in await world.journal(["a", "b"])] == ["a", "b"]


async def test_a_journal_that_is_put_off_without_end_gives_no_verdict(world):
    world, stub = stubbed(world, "dynamodb")
    for _ in range(10):
        stub.add_response("batch_get_item", answer(put_off=("a",)))
    with pytest.raises(LedgerUnread, match="puts off the same keys"):
        await world.journal(["a"])


async def test_a_journal_that_does_not_answer_gives_no_verdict(world):
    with pytest.raises(LedgerUnread, match=r"the journal could not be read: .*connect"):
        await world.journal(["a"])
