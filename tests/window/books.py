"""What the append-only tables tell of what was done: every event with all the rows it wrote, in one line each."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Table, select

from muniadmin.app import App
from muniadmin.kernel.money import Money
from muniadmin.storage.base import Base
from muniadmin.storage.events import EventLine, Fact

_FACTS = sorted(
    mapper.local_table.name
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Fact) and isinstance(mapper.local_table, Table)
)
#: Told with the rows they belong to.
_TOLD = {
    "payment",
    "receipt",
    "tender",
    "settlement",
    "credit",
    "document_print",
    "posting",
    "issued_document",
}


def money(amount: Money | int) -> str:
    """An amount as the books' lines have it, and as it may be typed in any language: 120, or 80,50."""
    units, cents = divmod(amount if isinstance(amount, int) else amount.minor, 100)
    return f"{units},{cents:02}" if cents else f"{units}"


class Books:
    """``news()`` tells what was written since it was last asked."""

    def __init__(self, town: App) -> None:
        self._town = town
        self._last = 0
        self.receipts: list[str] = []
        self.news()

    def news(self) -> list[str]:
        """An entry of each event, whose rows are told completely: of a table that nobody tells of, their number."""
        tables = Base.metadata.tables
        with self._town.database.connect_to_read() as connection:
            names = connection.execute(
                select(EventLine.event_id, EventLine.name).where(EventLine.event_id > self._last)
            ).all()
            rows: dict[int, dict[str, list[Row[Any]]]] = defaultdict(lambda: defaultdict(list))
            for name in _FACTS:
                table = tables[name]
                for row in connection.execute(select(table).where(table.c.event_id > self._last)):
                    rows[row.event_id][name].append(row)
            self._last = max([self._last, *rows, *(event_id for event_id, _name in names)])
            by_event: dict[int, list[str]] = defaultdict(list)
            for event_id, name in names:
                by_event[event_id].append(name)
            return [
                " | ".join([*dict.fromkeys(by_event[event_id]), *self._told(connection, rows[event_id])])
                for event_id in sorted({*rows, *by_event})
            ]

    def _told(self, connection: Any, rows: dict[str, list[Row[Any]]]) -> Iterator[str]:
        tables = Base.metadata.tables
        bill, charge, document = tables["bill"], tables["charge"], tables["issued_document"]
        account, taxpayer = tables["account"], tables["taxpayer"]
        for payment in rows["payment"]:
            yield f"{payment.payer} {money(payment.amount)}"
        for tender in rows["tender"]:
            given = "" if tender.tendered in (None, tender.amount) else f" of {money(tender.tendered)}"
            yield " ".join(
                [
                    f"{tender.channel} {money(tender.amount)}{given}",
                    *([tender.reference] if tender.reference else []),
                ]
            )
        paid: dict[str, int] = defaultdict(int)
        for row in rows["settlement"]:
            number = connection.scalar(
                select(bill.c.number)
                .join(charge, charge.c.bill_id == bill.c.id)
                .where(charge.c.id == row.charge_id)
            )
            paid[number] += row.amount.minor
        yield from (f"{number} {money(amount)}" for number, amount in sorted(paid.items()))
        for credit in rows["credit"]:
            whose = connection.scalar(
                select(taxpayer.c.name)
                .join(account, account.c.taxpayer_id == taxpayer.c.id)
                .where(account.c.id == credit.account_id)
            )
            yield f"credit of {whose} {money(credit.amount)}"
        # Those of the desk: a stub's number is its book's.
        self.receipts += [receipt.number for receipt in rows["receipt"] if receipt.series.isdecimal()]
        issued = [row.kind for row in rows["issued_document"]]
        yield from issued[len(rows["receipt"]) :]
        for printed in rows["document_print"]:
            kind = connection.scalar(select(document.c.kind).where(document.c.id == printed.document_id))
            yield f"{kind}, copy {printed.rank}" if printed.rank else kind
        if sum(posting.amount for posting in rows["posting"]):
            yield "postings that do not come to zero"
        yield from (
            f"{len(found)} × {name}" for name, found in sorted(rows.items()) if found and name not in _TOLD
        )
