"""The balance of the books: what clients were told against what the surviving ledger holds. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from gameday.judge.summary import Summary
from gameday.load.records import LedgerRow, Operation
from gameday.report.data import ReportData
from gameday.report.page.markup import Markup, join, table, tag
from gameday.report.page.words import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One currency, amounts in its minor units."""

    currency: str
    acknowledged: int
    """Requests of which a client knows that they are settled."""
    told_minor: int
    """What these amount to, by the clients' own books."""
    held_minor: int
    """What the rows of these requests amount to in the ledger."""
    others: int
    """Rows of requests whose client never heard so: it asked, and gave up."""


def lines(operations: Sequence[Operation], rows: Sequence[LedgerRow]) -> list[Line]:
    """The balance by currency."""
    held: dict[str, list[LedgerRow]] = defaultdict(list)
    for row in rows:
        held[row.idempotency_key].append(row)
    known = {operation.key for operation in operations if operation.acknowledgements}
    currencies = sorted({operation.currency for operation in operations} | {row.currency for row in rows})
    made = []
    for currency in currencies:
        told = [one for one in operations if one.currency == currency and one.key in known]
        own = [row for one in told for row in held[one.key] if row.currency == currency]
        others = [row for row in rows if row.currency == currency and row.idempotency_key not in known]
        made.append(
            Line(
                currency=currency,
                acknowledged=len(told),
                told_minor=sum(one.amount_minor for one in told),
                held_minor=sum(row.amount_minor for row in own),
                others=len(others),
            )
        )
    return made


def requests(data: ReportData) -> Markup:
    """What became of every request, and the balance by currency."""
    head = ["currency", "acknowledged", "told to clients", "in the ledger", "difference"]
    rows = [
        [
            line.currency,
            f"{line.acknowledged:,}",
            f"{line.told_minor:,}",
            f"{line.held_minor:,}",
            f"{line.held_minor - line.told_minor:,}",
        ]
        for line in lines(data.operations, data.rows)
    ]
    return join(
        tag("p", _told(data.summary)),
        table(
            f"Ledger balance of acknowledged {data.summary.noun}s, in minor units of the currency",
            head,
            rows,
            numbers=4,
        ),
        _counts(data),
    )


def _told(summary: Summary) -> str:
    told = summary.requests
    words = (
        f"Of {count(told.attempted, summary.noun)} {told.acknowledged:,} were acknowledged as settled, "
        f"{told.accepted:,} as accepted, and {told.unanswered:,} had no answer when the drill ended."
    )
    if told.reconciled:
        words += (
            f" {count(told.reconciled, 'row')} that the lost database had not yet sent over came back "
            "from the journal, under the same key: none is there twice."
        )
    return words


def _counts(data: ReportData) -> Markup:
    told = data.summary.requests
    others = sum(line.others for line in lines(data.operations, data.rows))
    rows = [
        ["acknowledged, but not in the ledger", f"{told.lost:,}"],
        ["accepted, but not in the ledger", f"{told.accepted_lost:,}"],
        ["in the ledger twice, or under two ids", f"{told.duplicated:,}"],
        ["in the ledger with another amount", f"{told.mismatched:,}"],
        ["acknowledged by who did not hold the lease", f"{told.acknowledged_while_fenced:,}"],
        ["replayed from the journal", f"{told.reconciled:,}"],
        ["in the ledger, but the client never heard so", f"{others:,}"],
    ]
    return table("One by one", ["what", f"{data.summary.noun}s"], rows, numbers=1)
