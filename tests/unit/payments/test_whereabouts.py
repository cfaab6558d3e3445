"""What a client is told that asks for a payment, in every state of journal, ledger, and region."""

from types import SimpleNamespace

import pytest

from durable.errors import JournalUnavailable
from durable.set_aside import NotRecordable, SetAside, Why
from intake.errors import PeerUnavailable
from intake.peer import PeerAnswer
from runtime.database import DatabaseUnavailable
from tests.unit.payments.service import Frontend, fail, get, post

LEDGER, JOURNAL = fail(DatabaseUnavailable("gone")), fail(JournalUnavailable("gone"))


def accepted(world) -> str:
    """The id of a payment that is in the journal and promised, and not in the ledger."""
    world.when_recorded = LEDGER
    answer = Frontend(world)(post())
    assert (answer.status, answer.body["status"]) == (202, "accepted")
    assert answer.headers["Location"] == f"/payments/{answer.body['payment_id']}"
    world.when_recorded = lambda: None
    return answer.body["payment_id"]


def told(answer) -> tuple[int, str | None]:
    return answer.status, answer.body.get("status") if answer.status == 200 else answer.body["type"][21:]


def peer(world):
    """Passes requests on to us-east-1, as the other region's API does."""

    def send(region, call, *, within_s):
        answer = Frontend(world)(get(call.path.rpartition("/")[2]) | {"headers": dict(call.headers)})
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return PeerAnswer(status=answer.status, headers=headers, body=answer.body)

    return SimpleNamespace(send=send)


@pytest.mark.parametrize(
    ("found", "asked", "said"),
    [
        (None, None, (200, "accepted")),
        (LEDGER, None, (200, "accepted")),
        (None, JOURNAL, (503, "unavailable")),
        (LEDGER, JOURNAL, (503, "unavailable")),
    ],
    ids=["both", "journal only", "ledger only", "neither"],
)
def test_an_accepted_payment_is_never_said_not_to_exist(world, found, asked, said) -> None:
    payment_id = accepted(world)
    world.when_found, world.when_asked = (each or (lambda: None) for each in (found, asked))
    assert told(Frontend(world)(get(payment_id))) == said


@pytest.mark.parametrize("asked", [None, JOURNAL], ids=["both", "ledger only"])
def test_it_is_settled_once_the_ledger_has_it(world, asked) -> None:
    payment_id = accepted(world)
    [entry] = world.entries.values()
    world.record(entry, epoch=7, region="us-east-1")
    world.when_asked = asked or (lambda: None)
    assert told(Frontend(world)(get(payment_id))) == (200, "settled")


def test_an_accepted_payment_that_turns_out_to_be_contradicted_still_exists(world) -> None:
    payment_id = accepted(world)
    [entry] = world.entries.values()
    found = SetAside(idempotency_key=entry.idempotency_key, entry_id=payment_id, why=Why.CONTRADICTED)
    world.when_recorded = fail(NotRecordable(found))
    assert Frontend(world)(post()).status != 201
    assert told(Frontend(world)(get(payment_id))) == (200, "accepted")


@pytest.mark.parametrize("broken", ["when_found", "when_asked"])
def test_a_region_whose_own_copies_are_away_asks_the_holder(world, broken) -> None:
    payment_id = Frontend(world)(post()).body["payment_id"]
    west = Frontend(world, "us-west-2")
    setattr(
        world,
        broken,
        fail(DatabaseUnavailable("gone") if broken == "when_found" else JournalUnavailable("gone")),
    )
    world.rows, kept = {}, world.rows  # its replica lags
    serving = peer(world)

    def send(*call, **options):
        world.rows = kept
        setattr(world, broken, lambda: None)
        return serving.send(*call, **options)

    west.peer = SimpleNamespace(send=send)
    answer = west(get(payment_id))
    assert told(answer) == (200, "settled")
    assert answer.headers["X-Region"] == "us-east-1"


def test_a_region_that_knows_nothing_and_reaches_nobody_says_so(world) -> None:
    payment_id = Frontend(world)(post()).body["payment_id"]
    world.when_found = LEDGER
    west = Frontend(world, "us-west-2")
    west.peer = SimpleNamespace(send=fail(PeerUnavailable("us-east-1: no answer")))
    assert told(west(get(payment_id))) == (503, "unavailable")


def test_only_who_knows_says_that_there_is_none(world) -> None:
    west = Frontend(world, "us-west-2")
    west.peer = peer(world)
    assert told(west(get("7d0a2d3e-35c5-4a0e-9f6e-0a4bd2a2cfff"))) == (404, "not-found")
