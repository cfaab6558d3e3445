"""The audit trail, over S3 in memory: what is written, what is written again, and what a check finds."""

import json
from hashlib import sha256
from types import SimpleNamespace

import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from durable.entry import EntryState, JournalEntry, Unreadable
from durable.errors import TrailUnavailable
from durable.trail import MOST_MINUTES, Trail, key_of, minute_of_key
from durable.trail_check import broken, late, perhaps_late
from payments.payment import PaymentRequest
from tests.unit import emulated

EAST, WEST = "us-east-1", "us-east-2"
NOW = 29_700_000
"""A minute since 1970."""
REQUEST = PaymentRequest(amount_minor=5, currency="EUR", debtor="a", creditor="b", reference="")


def entry(number: int, region: str) -> JournalEntry:
    return JournalEntry(
        idempotency_key=f"order-{number:04}",
        entry_id=f"id-{number}",
        request_hash=REQUEST.digest(),
        request=REQUEST,
        principal="ada",
        epoch=7,
        region=region,
        state=EntryState.INTENT,
        accepted_at_ms=NOW * 60_000,
    )


class World(SimpleNamespace):
    """Two regions' buckets, which copy when a test says so, and one journal."""

    def trail(self, region: str) -> Trail:
        return Trail(
            self.client,
            lambda: region,
            SimpleNamespace(arrived=lambda minute: iter(self.came.get(minute, ()))),
            region=region,
            seen=lambda: dict(self.seen),
        )

    def accept(self, minute: int, number: int, region: str = EAST) -> None:
        self.came.setdefault(minute, []).append(entry(number, region))

    def pages(self, region: str) -> dict[str, bytes]:
        found = self.client.list_objects_v2(Bucket=region).get("Contents", ())
        return {
            one["Key"]: self.client.get_object(Bucket=region, Key=one["Key"])["Body"].read() for one in found
        }

    def copy(self, here: str, there: str) -> None:
        for key, body in self.pages(here).items():
            self.client.put_object(Bucket=there, Key=key, Body=body)


@pytest.fixture
def world():
    with mock_aws():
        client = emulated.own_client("s3")
        client.create_bucket(Bucket=EAST)
        client.create_bucket(Bucket=WEST, CreateBucketConfiguration={"LocationConstraint": WEST})
        yield World(client=client, came={}, seen={"epoch": 7, "halt": None})


def numbers(pages: dict[str, bytes]) -> list[str]:
    return [one["id"] for _, body in sorted(pages.items()) for one in json.loads(body)["entries"]]


def test_T05_every_accepted_request_is_in_a_page_that_names_the_one_before(world):
    for minute, number in ((NOW, 1), (NOW + 1, 2), (NOW + 3, 3)):
        world.accept(minute, number)
    assert world.trail(EAST).write(before=NOW + 1) == 1
    assert world.trail(EAST).write(before=NOW + 4) == 2, "a minute without requests has no page"
    pages = world.pages(EAST)
    assert numbers(pages) == ["id-1", "id-2", "id-3"]
    first, *_, last = sorted(pages)
    page = json.loads(pages[last])
    assert page["entries"][0] == {
        "id": "id-3",
        "key": "order-0003",
        "principal": "ada",
        "epoch": 7,
        "region": EAST,
        "accepted_at_ms": NOW * 60_000,
        "request": json.loads(REQUEST.canonical()),
        "request_hash": REQUEST.digest(),
    }
    assert json.loads(pages[first])["previous"] is None
    before = page["previous"]
    assert before["sha256"] == sha256(pages[before["key"]]).hexdigest()
    assert broken(pages) == []


def test_T05_a_page_is_written_once_and_what_is_written_is_not_written_again(world):
    world.accept(NOW, 1)
    trail = world.trail(EAST)
    assert (trail.write(before=NOW + 1), trail.write(before=NOW + 1)) == (1, 0)
    slow = world.trail(EAST)
    slow._last = lambda: None
    body = world.pages(EAST)
    slow.write(before=NOW + 1)
    assert world.pages(EAST) == body


def test_T05_a_takeover_or_a_halt_is_written_down_in_a_minute_without_requests(world):
    world.accept(NOW, 1)
    trail = world.trail(EAST)
    trail.write(before=NOW + 1)
    assert trail.write(before=NOW + 2) == 0
    world.seen["halt"] = {"reason": "a fat finger", "by": "arn:ada"}
    assert [trail.write(before=NOW + 3), trail.write(before=NOW + 4)] == [1, 0]
    last = json.loads(world.pages(EAST)[key_of(EAST, NOW + 2)])
    assert (last["entries"], last["seen"]["halt"]["by"]) == ([], "arn:ada")


def test_T05_who_takes_over_writes_again_what_the_lost_region_had_not_copied(world):
    world.accept(NOW, 1)
    world.trail(EAST).write(before=NOW + 1)
    world.copy(EAST, WEST)
    world.accept(NOW + 1, 2)
    world.trail(EAST).write(before=NOW + 2)  # and the region is lost before this page is copied
    world.accept(NOW + 2, 3, WEST)
    world.trail(WEST).write(before=NOW + 3)
    assert numbers(world.pages(WEST)) == ["id-1", "id-2", "id-3"]
    assert broken(world.pages(WEST)) == []
    assert perhaps_late(world.pages(WEST), EAST) == [key_of(EAST, NOW + 1)]
    assert late(world.pages(WEST), world.pages(EAST)) == [key_of(EAST, NOW + 1)]
    world.copy(EAST, WEST)  # it returns
    assert (late(world.pages(WEST), world.pages(EAST)), broken(world.pages(WEST))) == ([], [])
    assert perhaps_late(world.pages(WEST), EAST) == []


def test_T05_a_trail_that_is_far_behind_catches_up_run_by_run(world):
    world.accept(NOW, 1)
    trail = world.trail(EAST)
    trail.write(before=NOW + 1)
    world.accept(NOW + 2 * MOST_MINUTES + 5, 2)
    written = [trail.write(before=NOW + 2 * MOST_MINUTES + 6) for _ in range(4)]
    assert written == [1, 1, 1, 0]
    assert broken(world.pages(EAST)) == []


def test_T05_an_entry_that_cannot_be_read_is_named(world):
    world.came[NOW] = [Unreadable("order-0001", None)]
    world.trail(EAST).write(before=NOW + 1)
    (page,) = world.pages(EAST).values()
    assert json.loads(page)["entries"] == [{"key": "order-0001", "unreadable": True}]


@pytest.fixture
def whole(world) -> dict[str, bytes]:
    for minute in range(3):
        world.accept(NOW + minute, minute)
    world.trail(EAST).write(before=NOW + 1)
    world.trail(EAST).write(before=NOW + 3)
    return world.pages(EAST)


def test_T05_a_changed_a_missing_and_a_forged_page_are_found(whole):
    first, second, third = sorted(whole)
    changed = whole[second].replace(b'"amount_minor":5', b'"amount_minor":6')
    assert broken({**whole, second: changed}) == [f"{second} is not what {third} says it was"]
    assert broken({first: whole[first], third: whole[third]}) == [
        f"{third} comes after {second}, which is not there"
    ]
    moved = key_of(WEST, NOW)
    assert broken({first: whole[first], moved: whole[first]}) == [f"{moved} says that it is {first}"]
    begun = json.dumps({**json.loads(whole[second]), "previous": None}).encode()
    assert broken({first: whole[first], second: begun}) == [f"{second} names no page before it"]
    for wrong in (b"", b"[]", b"{}"):
        assert broken({first: wrong})[0].startswith(f"{first} cannot be read: ")
        assert perhaps_late({first: wrong}, EAST) == []


def test_T05_of_the_first_day_that_is_looked_at_the_page_before_is_not_asked_for(whole):
    _, second, third = sorted(whole)
    assert broken({second: whole[second], third: whole[third]}) == []


def test_keys_sort_by_time_and_tell_it():
    assert key_of(EAST, NOW) == "audit/us-east-1/2026-06-21/00-00.json"
    assert minute_of_key(key_of(EAST, NOW + 61)) == NOW + 61


@pytest.mark.parametrize("operation", ["put_object", "get_object", "get_paginator"])
def test_a_bucket_that_does_not_answer_is_asked_again_in_a_minute(world, monkeypatch, operation):
    world.accept(NOW, 1)
    world.accept(NOW + 1, 2)
    world.trail(EAST).write(before=NOW + 1)

    def silent(*_names, **_given):
        raise ConnectTimeoutError(endpoint_url="https://s3")

    with monkeypatch.context() as patch:
        patch.setattr(world.client, operation, silent)
        with pytest.raises(TrailUnavailable):
            world.trail(EAST).write(before=NOW + 2)
    assert world.trail(EAST).write(before=NOW + 2) == 1
