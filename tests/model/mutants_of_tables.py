"""Seeded bugs of what holds when a table comes out of a backup, see tests/model/mutants.py."""

import pytest

from durable import assessment, recovery, replay
from durable.journal import Journal
from durable.ledger import Ledger
from tests.model.store import DynamoDB

Patch = pytest.MonkeyPatch


def a_key_is_proof(patch: Patch) -> None:
    """Whatever the ledger has under the key is taken for this payment."""
    patch.setattr(Ledger, "_must_have", lambda _self, _entry: None)


def a_key_is_replayed(patch: Patch) -> None:
    """Whatever the ledger has under the key, a replay calls it recorded."""
    patch.setattr(
        replay,
        "beside",
        lambda entry, recorded: (
            replay.InLedger.RECORDED if entry.idempotency_key in recorded else replay.InLedger.LACKING
        ),
    )


def the_watermark_is_always_enough(patch: Patch) -> None:
    """A takeover reads what arrived since the watermark, whatever became of the arrivals."""
    for step in (assessment, recovery):
        patch.setattr(step, "begin", lambda _journal, ledger, _rows: ledger.watermark())


def the_journal_is_all_there_is(patch: Patch) -> None:
    """What a restored journal forgot is not looked for among the arrivals."""
    patch.setattr(Journal, "_forgotten", lambda _self: iter(()))


def the_last_arrival_of_a_key_stands(patch: Patch) -> None:
    real = DynamoDB.put_item

    def put_item(self, **request):
        if request["TableName"] == "arrivals":
            request.pop("ConditionExpression", None)
        return real(self, **request)

    patch.setattr(DynamoDB, "put_item", put_item)
