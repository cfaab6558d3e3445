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
    """Payments of which a client knows that they are settled."""
    told_minor: int
    """What these amount to, by the clients' own books."""
    held_minor: int
    """What the rows of these payments amount to in the ledger."""
    others: int
    """Rows of payments whose client never heard so: it asked, and gave up."""


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


def payments(data: ReportData) -> Markup:
    """What became of every payment, and the balance by currency."""
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
            "Ledger balance of acknowledged payments, in minor units of the currency", head, rows, numbers=4
        ),
        _counts(data),
    )


def _told(summary: Summary) -> str:
    paid = summary.payments
    words = (
        f"Of {count(paid.attempted, 'payment')} {paid.acknowledged:,} were acknowledged as settled, "
        f"{paid.accepted:,} as accepted, and {paid.unanswered:,} had no answer when the drill ended."
    )
    if paid.reconciled:
        words += (
            f" {count(paid.reconciled, 'row')} that the lost database had not yet sent over came back "
            "from the journal, under the same key: nobody was charged twice."
        )
    return words


def _counts(data: ReportData) -> Markup:
    paid = data.summary.payments
    others = sum(line.others for line in lines(data.operations, data.rows))
    rows = [
        ["acknowledged, but not in the ledger", f"{paid.lost:,}"],
        ["accepted, but not in the ledger", f"{paid.accepted_lost:,}"],
        ["in the ledger twice, or under two payment ids", f"{paid.duplicated:,}"],
        ["in the ledger with another amount", f"{paid.mismatched:,}"],
        ["acknowledged by who did not hold the lease", f"{paid.acknowledged_while_fenced:,}"],
        ["replayed from the journal", f"{paid.reconciled:,}"],
        ["in the ledger, but the client never heard so", f"{others:,}"],
    ]
    return table("Payment by payment", ["what", "payments"], rows, numbers=1)
