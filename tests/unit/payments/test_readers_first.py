"""Code of two releases reads what the other wrote: unknown fields are ignored, nothing changes a digest."""

import json
from dataclasses import dataclass, replace

import pytest

from durable.entry import EntryState, JournalEntry, Unreadable, from_item, kept, to_item
from durable.errors import EntryUnreadable, JournalUnavailable
from payments.book import BOOK
from payments.payment import PaymentRequest
from trading import order


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTomorrow(PaymentRequest):
    """A request with one more field."""

    purpose: str = ""


def item(entry: JournalEntry, **changed: dict[str, str]) -> dict[str, dict[str, str]]:
    return {**to_item(entry), "state": {"S": "INTENT"}, **changed}


def test_the_digest_of_a_request_is_what_it_was_in_the_first_release(entry) -> None:
    assert entry.request.digest() == "02a98518e9a4aa9bb8f941a0c961d0a59846206e163aaa6612cbc517d16904c9"
    assert replace(entry.request, reference="").canonical().count("reference") == 1


def test_a_field_that_is_added_with_a_default_changes_no_digest(entry) -> None:
    request = json.loads(entry.request.canonical())
    assert OfTomorrow(**request).digest() == entry.request.digest()
    assert OfTomorrow(**request, purpose="rent").digest() != entry.request.digest()


def test_an_entry_with_more_fields_is_read_and_written_on_as_it_was(entry) -> None:
    request = json.dumps({**json.loads(entry.request.canonical()), "purpose": "rent"})
    newer = item(entry, request={"S": request}, channel={"S": "branch"}, request_hash={"S": "of tomorrow"})
    read = from_item(newer, BOOK)
    assert (read.request, read.request_hash) == (entry.request, "of tomorrow")
    assert to_item(read) == {name: value for name, value in newer.items() if name != "state"}


@pytest.mark.parametrize(
    "broken",
    [
        {"request": {"S": "no json"}},
        {"request": {"S": "[]"}},
        {"request": {"S": '{"amount_minor": 5}'}},
        {"request": {"S": '{"amount_minor": "5", "currency": "EUR", "debtor": "a", "creditor": "b"}'}},
        {"request": {"S": '{"amount_minor": true, "currency": "EUR", "debtor": "a", "creditor": "b"}'}},
        {"request": {"S": '{"amount_minor": 5, "currency": "EUR", "debtor": "\\ud800", "creditor": "b"}'}},
        {"request": {"S": '{"more": ' + "[" * 50_000}},
        {"request": {"N": "5"}},
        {"epoch": {"N": "later"}},
        {"state": {"S": "OF_TOMORROW"}},
        {"entry_id": {"S": "no uuid"}},
        {"region": {"NULL": True}},
    ],
)
def test_an_entry_that_cannot_be_read_says_so_and_quotes_nothing(entry, broken) -> None:
    with pytest.raises(EntryUnreadable) as caught:
        from_item(item(entry, **broken), BOOK)
    assert isinstance(caught.value, JournalUnavailable)
    assert "Ada" not in str(caught.value)
    found = kept(item(entry, **broken), BOOK)
    assert isinstance(found, Unreadable)
    assert found.idempotency_key == entry.idempotency_key


@pytest.mark.parametrize("text", ['{"cancels": 5}', '{"cancels": null}', '{"cancels": ["a"]}', "5", "null"])
def test_an_order_that_cannot_be_read_says_so_too(entry, text) -> None:
    book = replace(BOOK, parse=order.parse)
    assert isinstance(kept(item(entry, request={"S": text}), book), Unreadable)


def test_what_can_be_read_of_it_is_its_identity(entry) -> None:
    assert kept(item(entry, state={"S": "OF_TOMORROW"}), BOOK) == Unreadable(
        entry.idempotency_key, entry.identity
    )
    without = item(entry)
    del without["entry_id"]
    assert kept(without, BOOK) == Unreadable(entry.idempotency_key, None)


def test_an_entry_of_the_first_release_is_read(entry) -> None:
    assert from_item(item(entry), BOOK) == entry
    assert from_item(to_item(replace(entry, state=EntryState.SETTLED)), BOOK).state is EntryState.INTENT
