"""The statement of an account: everything booked on it up to a day, and what is open of it.

Printed receipts stay as they are; the statement says what their money pays by now.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, String, column, select, table, union_all

from muniadmin.billing.books import Books
from muniadmin.billing.facts import PENALTY, PRINCIPAL, BillFacts, ChargeFact, CreditFact, SettlementFact
from muniadmin.billing.loading import load_books
from muniadmin.billing.models import Account, Bill, Decision, RevenueHead, Tender
from muniadmin.billing.reads import AccountStatement, Movement, OpenInstalment, Statement
from muniadmin.billing.standing import standing
from muniadmin.kernel.errors import NotFound
from muniadmin.kernel.money import ZERO, Money, total
from muniadmin.ledger.queries import business_days
from muniadmin.storage.events import Event
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Taxpayer

# The counter's tables stand above this slice, which only reads the numbers of its papers in them.
_RECEIPT = table("receipt", column("payment_id", Integer), column("number", String))
_CANCELLATION = table(
    "cancellation", column("payment_id", Integer), column("booked_on", Date), column("event_id", Integer)
)
_RETURN = table(
    "tender_return", column("tender_id", Integer), column("booked_on", Date), column("event_id", Integer)
)

_BY_CHARGE = {"transfer": "moved", "returned": "returned"}
_BY_DECISION = {
    "credit_note": "never_owed",
    "annulment": "never_owed",
    "late_fact": "never_owed",
    "rebate": "rebate",
    "rounding": "rounded",
    "transfer": "moved",
    "waiver": "waived",
    "write_off": "written_off",
}


def account_statement(reading: Reading, request: AccountStatement) -> Statement:
    """The account's movements and what is open of it, as known on a day. Raises NotFound."""
    account_id, taxpayer_id, number, name = _whose(reading, request)
    on = request.on or reading.today
    known = min(request.known or reading.today, reading.today)
    movements: Sequence[Movement] = ()
    instalments: Sequence[OpenInstalment] = ()
    if account_id is not None:
        books = load_books(reading, account_ids=(account_id,), whole=True)
        debts = _debts(reading, books)
        movements = _movements(books, account_id, debts, _papers(reading, books), known)
        instalments = _open(books, account_id, debts, on, known)
    return Statement(
        account_id=account_id,
        taxpayer_id=taxpayer_id,
        number=number,
        name=name,
        on=on,
        known=known,
        movements=tuple(movements),
        instalments=tuple(instalments),
        booked=total(one.booked for one in instalments),
        accrued=total(one.accrued for one in instalments),
        suspended=total(one.suspended for one in instalments),
        rebate=total(one.rebate for one in instalments),
        credit=total(one.credit for one in movements),
    )


def _whose(reading: Reading, request: AccountStatement) -> tuple[int | None, int | None, str, str]:
    """Account, taxpayer, their number and name; a taxpayer who never owed anything has no account yet."""
    wanted = select(Account.id, Taxpayer.id, Taxpayer.number, Taxpayer.name, Account.name)
    if request.taxpayer_id is not None:
        wanted = (
            wanted.select_from(Taxpayer)
            .outerjoin(Account, Account.taxpayer_id == Taxpayer.id)
            .where(Taxpayer.id == request.taxpayer_id)
        )
    else:
        wanted = wanted.outerjoin(Taxpayer, Taxpayer.id == Account.taxpayer_id).where(
            Account.id == request.account_id
        )
    row = reading.connection.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(what=request.taxpayer_id or request.account_id)
    return row[0], row[1], row[2] or "", row[3] or row[4]


# --- what the rows are about ----------------------------------------------------------------------------------------


def _debts(reading: Reading, books: Books) -> Mapping[int, Mapping[str, Any]]:
    """What tells the bills apart, by id, as a movement and an instalment say it."""
    rows = reading.connection.execute(
        select(Bill.id, Bill.number, Bill.period, Bill.subject, RevenueHead.names)
        .join(RevenueHead, RevenueHead.code == Bill.head_code)
        .where(Bill.id.in_(books.bills))
    )
    return {
        row.id: {
            "bill_number": row.number,
            "head_names": row.names,
            "period": row.period,
            "subject": row.subject,
            "parts": max(one.part for one in books.bills[row.id].charges if one.kind == PRINCIPAL),
        }
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class _Papers:
    """The numbers of what movements come from."""

    #: By payment.
    receipts: Mapping[int, str]
    #: By decision; standing ones have none.
    decisions: Mapping[int, str]
    #: By tender: on which day its money was given back, or did not come after all.
    gone: Mapping[int, date]

    def of_tender(self, books: Books, tender_id: int) -> str:
        """The receipt of the payment that a tender is of."""
        return self.receipts.get(books.tenders[tender_id].payment_id, "")

    def of_settlement(self, books: Books, one: SettlementFact) -> str:
        """The receipt of its money, or the decision; of a standing decision the receipt that occasioned it."""
        if one.tender_id is not None:
            return self.of_tender(books, one.tender_id)
        if one.credit_id is not None:
            return self.of_credit(books, books.credits.get(one.credit_id))
        return self.decisions.get(one.decision_id or 0) or self.receipts.get(one.payment_id or 0, "")

    def of_credit(self, books: Books, lot: CreditFact | None) -> str:
        """The receipt its money came with, or the decision that set it free."""
        if lot is None:
            return ""
        if lot.tender_id is not None:
            return self.of_tender(books, lot.tender_id)
        return self.decisions.get(lot.decision_id or 0, "")


def _papers(reading: Reading, books: Books) -> _Papers:
    settlements = [one for bill in books.bills.values() for one in bill.settlements]
    decided = {
        *(one.decision_id for one in settlements),
        *(lot.decision_id for lot in books.credits.values()),
        *(move.decision_id for moves in books.moves.values() for move in moves),
    }
    payments = {one.payment_id for one in settlements} | {one.payment_id for one in books.tenders.values()}
    receipts = reading.connection.execute(
        select(_RECEIPT.c.payment_id, _RECEIPT.c.number).where(_RECEIPT.c.payment_id.in_(payments - {None}))
    )
    decisions = reading.connection.execute(
        select(Decision.id, Decision.number).where(Decision.id.in_(decided - {None}))
    )
    gone = reading.connection.execute(
        union_all(
            select(Tender.id, _CANCELLATION.c.booked_on, _CANCELLATION.c.event_id)
            .join(_CANCELLATION, _CANCELLATION.c.payment_id == Tender.payment_id)
            .where(Tender.id.in_(books.tenders)),
            select(_RETURN.c.tender_id, _RETURN.c.booked_on, _RETURN.c.event_id).where(
                _RETURN.c.tender_id.in_(books.tenders)
            ),
        )
    )
    days = business_days(reading)
    went_on = {
        tender_id: min(days.truly(booked_on, Event.__tablename__, event_id), reading.today)
        for tender_id, booked_on, event_id in gone
    }
    return _Papers(_pairs(receipts), _pairs(decisions), went_on)


def _pairs(rows: Iterable[Any]) -> dict[int, Any]:
    return dict(map(tuple, rows))


# --- movements ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A movement before it is put into the order of booking; lines alike but for their amounts are one movement."""

    booked_on: date
    #: Within a day debts come before what settles them, then what is held, what that settles, and where it went.
    rank: int
    row_id: int
    value_on: date
    kind: str
    taken_back: bool
    number: str
    charge: ChargeFact | None = None
    charged: int = 0
    settled: int = 0
    credit: int = 0

    @property
    def likeness(self) -> tuple[Any, ...]:
        """What lines of one movement have in common."""
        charge_id = self.charge.id if self.charge is not None else None
        return self.booked_on, self.rank, self.value_on, self.kind, self.taken_back, self.number, charge_id


def _movements(
    books: Books, account_id: int, debts: Mapping[int, Mapping[str, Any]], papers: _Papers, known: date
) -> list[Movement]:
    lines = [
        *_charged(books, account_id),
        *_settled(books, account_id, papers),
        *_held(books, account_id, papers),
    ]
    merged: dict[tuple[Any, ...], _Line] = {}
    for line in sorted(lines, key=lambda one: (one.booked_on, one.rank, one.row_id)):
        if line.booked_on > known:
            continue
        before = merged.get(line.likeness)
        merged[line.likeness] = (
            line
            if before is None
            else replace(before, settled=before.settled + line.settled, credit=before.credit + line.credit)
        )
    found, balance = [], ZERO
    for line in merged.values():
        balance += Money(line.charged - line.settled - line.credit)
        about = {"head_names": {}} if line.charge is None else debts[line.charge.bill_id]
        found.append(
            Movement(
                **about,
                booked_on=line.booked_on,
                value_on=line.value_on,
                kind=line.kind,
                taken_back=line.taken_back,
                number=line.number,
                part=line.charge.part if line.charge is not None else 1,
                on_penalty=line.charge is not None and line.charge.kind == PENALTY,
                charged=Money(line.charged),
                settled=Money(line.settled),
                credit=Money(line.credit),
                balance=balance,
            )
        )
    return found


def _charges(books: Books, account_id: int) -> Iterator[tuple[BillFacts, ChargeFact]]:
    for bill in books.bills.values():
        for charge in bill.charges:
            if charge.account_id == account_id:
                yield bill, charge


def _charged(books: Books, account_id: int) -> Iterator[_Line]:
    for _bill, charge in _charges(books, account_id):
        kind = "penalty" if charge.kind == PENALTY else _BY_CHARGE.get(charge.against, "charged")
        yield _Line(
            charge.booked_on, 0, charge.id, charge.value_on, kind, False, "", charge, charged=charge.amount
        )


def _settled(books: Books, account_id: int, papers: _Papers) -> Iterator[_Line]:
    """What settles the account's debts: a credit that does is money held no longer."""
    for bill, charge in _charges(books, account_id):
        for one in bill.settlements:
            if one.charge_id == charge.id:
                kind = _kind_of(one, papers)
                yield _Line(
                    one.booked_on,
                    1 if one.credit_id is None else 3,
                    one.id,
                    one.value_on,
                    kind,
                    one.reverses is not None and kind != "returned",
                    papers.of_settlement(books, one),
                    charge,
                    settled=one.amount,
                    credit=-one.amount if one.credit_id is not None else 0,
                )


def _kind_of(one: SettlementFact, papers: _Papers) -> str:
    if one.decision_id is not None:
        return _BY_DECISION[one.decision_kind]
    if one.credit_id is not None:
        return "credit_used"
    # What was only freed to pay something else on that day went the same way in the end.
    given_back = one.reverses is not None and papers.gone.get(one.tender_id or 0) == one.booked_on
    return "returned" if given_back else "paid"


def _held(books: Books, account_id: int, papers: _Papers) -> Iterator[_Line]:
    """Money held for the account, and where it went but to the account's own debts, which settlements say."""
    for lot in books.credits.values():
        if lot.account_id != account_id:
            continue
        kind = "moved" if lot.decision_kind == "compensation" else "credit_received"
        number = papers.of_credit(books, lot)
        yield _Line(lot.booked_on, 2, lot.id, lot.value_on, kind, False, number, credit=lot.amount)
        for move in books.moves.get(lot.id, ()):
            if move.settlement_id is None:
                paper = papers.decisions.get(move.decision_id or 0, number)
                yield _Line(
                    move.booked_on, 4, move.id, move.booked_on, move.kind, False, paper, credit=-move.amount
                )


# --- what is open ---------------------------------------------------------------------------------------------------


def _open(
    books: Books, account_id: int, debts: Mapping[int, Mapping[str, Any]], on: date, known: date
) -> list[OpenInstalment]:
    found = [
        OpenInstalment(
            **debts[bill.id],
            part=one.charge.part,
            due_on=one.due_on,
            left=Money(one.left),
            penalty=Money(one.penalty),
            accrued=Money(one.accrued),
            suspended=Money(one.suspended),
            # What rests in part earns none.
            rebate=Money(0 if one.suspended else one.rebate),
        )
        for bill in books.bills.values()
        for one in standing(bill, on, known)
        if one.charge.account_id == account_id and (one.booked > 0 or one.accrued)
    ]
    return sorted(found, key=lambda one: (one.due_on, one.bill_number, one.part))
