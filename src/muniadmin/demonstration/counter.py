"""Writes what happened at the cash desks in bulk, link by link as the counter itself would have: sessions, payments,
receipts, entries, settlements, documents and audit lines, in the same chains.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import bindparam, select, update

from muniadmin.audit.models import AuditEvent
from muniadmin.audit.services import canonical_event
from muniadmin.billing.models import Bill, RevenueHead, Settlement
from muniadmin.billing.rules import Allocation, BillState, EarlyDiscount, PenaltyRule, owed
from muniadmin.billing.services import LockedBill, charged_to, settlement_parts, settlement_postings
from muniadmin.collection.models import CashSession, DayCollection, Payment, Receipt
from muniadmin.collection.rules import CHANNEL_NAMES, Channel, Spread, account_of, spread
from muniadmin.collection.services import desk_chain, receipt_series, receipt_sheet
from muniadmin.demonstration.habits import Diary, Visit, choose_channel
from muniadmin.documents.models import DocumentPrint, IssuedDocument
from muniadmin.documents.services import issuer_of
from muniadmin.documents.sheets import CashSessionSlipSheet, ChannelTotal, CountedDenomination, Sheet
from muniadmin.documents.signing import SigningKey
from muniadmin.kernel.i18n import _, use_language
from muniadmin.kernel.money import ZERO, Money, total
from muniadmin.kernel.numbers import receipt_number
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.models import JournalEntry, Posting
from muniadmin.ledger.rules import OVER_SHORT, TREASURY, Line, cash
from muniadmin.ledger.services import canonical_entry
from muniadmin.settings.profile import Profile
from muniadmin.storage.base import Base
from muniadmin.storage.bulk import bulk_insert, reserve_ids
from muniadmin.storage.numbering import take_block
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import Taxpayer

_OPENS, _CLOSES = timedelta(hours=8, minutes=20), timedelta(hours=15, minutes=45)
_ID_BLOCK = 2_000


@dataclass(frozen=True)
class Cashier:
    """Who sits at which desk."""

    desk: int
    actor: Actor


@dataclass(frozen=True)
class Office:
    """What the counter works with on every day."""

    profile: Profile
    diary: Diary
    key: SigningKey
    cashiers: Sequence[Cashier]
    rng: Random

    @property
    def opening_float(self) -> Money:
        """Change for the day: ten of each coin, five of each of the two smallest notes."""
        coins = [each.value * 10 for each in self.profile.denominations if not each.note]
        notes = [each.value * 5 for each in self.profile.denominations if each.note]
        return total([*coins, *notes[:2]])

    @property
    def large(self) -> int:
        """From how many minor units on an amount is large."""
        return int(self.diary.habits.large * self.profile.currency.unit)


class CounterBook:
    """The cash desks' book of some days, in one unit of work: :meth:`day` writes them down one after the other,
    :meth:`write` puts them into the database."""

    def __init__(self, uow: UnitOfWork, office: Office) -> None:
        self.uow, self.office = uow, office
        self.language = uow.municipality.language
        self._rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self._ids: dict[type[Base], Iterator[int]] = {}
        self._bills: dict[int, LockedBill] = {}
        self._states: dict[int, BillState] = {}
        self._payers: dict[int, tuple[str, str]] = {}
        self._receipts: dict[tuple[int, int], list[int]] = {}
        self._days: dict[tuple[date, str, str], list[int]] = {}

    # --- a day ------------------------------------------------------------------------------------------------

    def fetch(self, visits: Sequence[Visit]) -> None:
        """Reads the bills and payers of some visits."""
        bill_ids = sorted({bill_id for visit in visits for bill_id in visit.bill_ids})
        self._bills.update(_bills(self.uow, bill_ids))
        self._states.update((bill_id, bill.state) for bill_id, bill in self._bills.items())
        self._payers.update(
            _payers(
                self.uow, sorted({visit.taxpayer_id for visit in visits if visit.taxpayer_id is not None})
            )
        )

    def day(self, day: date, visits: Sequence[Visit], not_before: Mapping[int, datetime]) -> None:
        """The visits of a day, spread over the desks and the opening hours. ``not_before``: when bills of the day
        were written, by their ids; they are paid some minutes later."""
        rng = self.office.rng
        begins = self.uow.municipality.calendar.start_of_day(day)
        at_desk: dict[int, list[Visit]] = defaultdict(list)
        for visit in visits:
            # People go to the desk near them, some to another.
            near = (visit.taxpayer_id or visit.bill_ids[0]) % len(self.office.cashiers)
            place = near if rng.random() < 0.85 else rng.randrange(len(self.office.cashiers))
            at_desk[place].append(visit)
        self.uow.today = day
        for place in sorted(at_desk):
            opened = begins + _OPENS + timedelta(seconds=rng.randint(0, 900))
            times = sorted(
                (self._time(visit, begins, not_before), number) for number, visit in enumerate(at_desk[place])
            )
            session = _Session(self, self.office.cashiers[place], opened)
            for at, number in times:
                session.take(at_desk[place][number], at)
            session.close(max(begins + _CLOSES, times[-1][0]) + timedelta(seconds=rng.randint(300, 2400)))

    def _time(self, visit: Visit, begins: datetime, not_before: Mapping[int, datetime]) -> datetime:
        rng = self.office.rng
        written = max((not_before[bill] for bill in visit.bill_ids if bill in not_before), default=None)
        if written is not None:
            return written + timedelta(seconds=rng.randint(120, 900))
        return begins + _OPENS + timedelta(seconds=900 + int(rng.triangular(600, 25_000, 7_000)))

    # --- what a session writes --------------------------------------------------------------------------------

    def new_id(self, model: type[Base]) -> int:
        """The next id of a table."""
        found = next(self._ids.get(model, iter(())), None)
        if found is None:
            block = iter(reserve_ids(self.uow, model, _ID_BLOCK))
            self._ids[model] = block
            found = next(block)
        return found

    def add(self, model: type[Base], **values: Any) -> None:
        """Notes a row."""
        self._rows[model].append(values)

    def entry(self, chain: str, lines: Sequence[Line], event: str, subject: str) -> int:
        """Notes a journal entry with its postings; its id."""
        uow = self.uow
        canonical = canonical_entry(uow.today, uow.now.isoformat(), event, subject, None, lines)
        link = uow.seal(chain, canonical)
        entry_id = self.new_id(JournalEntry)
        self.add(
            JournalEntry,
            id=entry_id,
            canonical=canonical,
            booked_on=uow.today,
            booked_at=uow.now,
            event=event,
            subject=subject,
            chain=link.chain,
            chain_seq=link.chain_seq,
            previous_digest=link.previous_digest,
            digest=link.digest,
        )
        postings = self._rows[Posting]
        for number, line in enumerate(lines, 1):
            postings.append(
                {
                    "entry_id": entry_id,
                    "line": number,
                    "account": line.account,
                    "amount": line.amount,
                    "taxpayer_id": line.taxpayer_id,
                    "bill_id": line.bill_id,
                }
            )
        return entry_id

    def document(self, chain: str, sheet: Sheet) -> int:
        """Notes an issued sheet, printed as the original; its id."""
        canonical = sheet.to_json()
        link = self.uow.seal(chain, canonical)
        document_id = self.new_id(IssuedDocument)
        self.add(
            IssuedDocument,
            id=document_id,
            canonical=canonical,
            kind=sheet.KIND,
            number=sheet.number,
            language=sheet.language,
            issued_at=self.uow.now,
            chain=link.chain,
            chain_seq=link.chain_seq,
            previous_digest=link.previous_digest,
            digest=link.digest,
        )
        self.add(
            DocumentPrint,
            document_id=document_id,
            rank=0,
            printed_at=self.uow.now,
            printed_by_id=self.uow.actor.user_id,
        )
        return document_id

    def record(self, chain: str, event: str, subject: str, detail: Mapping[str, object]) -> None:
        """Notes a line of the audit log."""
        uow = self.uow
        canonical = canonical_event(
            uow.now.isoformat(), uow.actor.user_name, uow.actor.workstation, event, subject, detail
        )
        link = uow.seal(chain, canonical)
        self.add(
            AuditEvent,
            id=self.new_id(AuditEvent),
            canonical=canonical,
            at=uow.now,
            user_name=uow.actor.user_name,
            workstation=uow.actor.workstation,
            event=event,
            subject=subject,
            chain=link.chain,
            chain_seq=link.chain_seq,
            previous_digest=link.previous_digest,
            digest=link.digest,
        )

    def next_receipt(self, desk: int) -> tuple[int, int]:
        """Fiscal year and place of the desk's next receipt. The series is moved on when the book is written."""
        year = self.uow.municipality.calendar.year_of(self.uow.today)
        taken = self._receipts.get((desk, year))
        if taken is None:
            first = take_block(self.uow, receipt_series(desk), year, 0)
            taken = self._receipts[desk, year] = [first, 0]
        taken[1] += 1
        return year, taken[0] + taken[1] - 1

    def open_bills(self, bill_ids: Sequence[int]) -> list[tuple[LockedBill, BillState]]:
        """Those of the bills with something left to pay, each with how it stands now."""
        found = [(self._bills[bill_id], self._states[bill_id]) for bill_id in dict.fromkeys(bill_ids)]
        return [(bill, state) for bill, state in found if state.settled < state.total]

    def settled(self, bill_id: int, before: BillState, use: Allocation) -> None:
        """Notes how a bill stands after a payment."""
        self._states[bill_id] = BillState(
            total=before.total,
            settled=before.settled + use.principal,
            due_on=before.due_on,
            penalty_owed=use.penalty_left,
            penalty_charged_to=charged_to(before, self.uow.today),
            discount=before.discount,
        )

    def payer(self, taxpayer_id: int) -> tuple[str, str]:
        """A taxpayer's number and name."""
        return self._payers[taxpayer_id]

    def count_in_day(self, head_code: str, channel: str, principal: int, penalty: int) -> None:
        """Adds to the totals kept by day, head and channel."""
        sums = self._days.setdefault((self.uow.today, head_code, channel), [0, 0, 0])
        sums[0] += principal
        sums[1] += penalty
        sums[2] += 1

    # --- the database -----------------------------------------------------------------------------------------

    def write(self) -> None:
        """Puts everything noted into the database; the days must not have been written before."""
        for (day, head_code, channel), (principal, penalty, count) in self._days.items():
            self.add(
                DayCollection,
                day=day,
                head_code=head_code,
                channel=channel,
                principal=principal,
                penalty=penalty,
                count=count,
            )
        for model in (
            CashSession,
            Payment,
            JournalEntry,
            Posting,
            IssuedDocument,
            DocumentPrint,
            Receipt,
            Settlement,
            AuditEvent,
            DayCollection,
        ):
            bulk_insert(self.uow, model, self._rows[model])
        for (desk, year), (_first, count) in self._receipts.items():
            take_block(self.uow, receipt_series(desk), year, count)
        if self._rows[Settlement]:
            _settle(
                self.uow, {row["bill_id"]: self._states[row["bill_id"]] for row in self._rows[Settlement]}
            )


@dataclass
class _Session:
    """One cashier's day at a desk."""

    book: CounterBook
    cashier: Cashier
    opened_at: datetime
    in_cash: Money = ZERO
    by_channel: dict[Channel, list[int]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        book, desk = self.book, self.cashier.desk
        self.chain = desk_chain(desk)
        self.session_id = book.new_id(CashSession)
        self.float = book.office.opening_float
        book.uow.actor, book.uow.now = self.cashier.actor, self.opened_at
        lines = [Line(cash(desk), self.float.minor), Line(TREASURY, -self.float.minor)]
        book.entry(self.chain, lines, "float", self.subject)
        book.record(
            self.chain, "collection:session:opened", self.subject, {"desk": desk, "float": self.float.minor}
        )

    @property
    def subject(self) -> str:
        """The session as entries and audit lines name it."""
        return f"session {self.session_id}"

    def take(self, visit: Visit, at: datetime) -> None:
        """Takes one payment."""
        book, uow = self.book, self.book.uow
        uow.now = at
        found = book.open_bills(visit.bill_ids)
        if not found:
            return
        bills, states = [bill for bill, _state in found], [state for _bill, state in found]
        dues = [owed(state, bill.rule, uow.today) for bill, state in found]
        due = total(one.total for one in dues)
        amount = Money(_half(due.minor, book.office.profile.currency.unit)) if visit.half else due
        use = spread(dues, amount)
        channel = choose_channel(
            book.office.diary, uow.today, amount.minor, book.office.large, book.office.rng
        )
        number, name = book.payer(visit.taxpayer_id) if visit.taxpayer_id else (None, bills[0].debtor)
        self._book(
            bills, states, use, amount, channel, visit.taxpayer_id, number, name or bills[0].subject, at
        )

    def _book(
        self,
        bills: Sequence[LockedBill],
        states: Sequence[BillState],
        use: Spread,
        amount: Money,
        channel: Channel,
        taxpayer_id: int | None,
        taxpayer_number: str | None,
        payer: str,
        at: datetime,
    ) -> None:
        book, uow, desk = self.book, self.book.uow, self.cashier.desk
        reference = "" if channel is Channel.CASH else _reference(channel, at, book.office.rng)
        tendered = _tendered(amount, book.office) if channel is Channel.CASH else None
        payment_id = book.new_id(Payment)
        book.add(
            Payment,
            id=payment_id,
            request_id=str(uuid.UUID(int=book.office.rng.getrandbits(128), version=4)),
            cash_session_id=self.session_id,
            taxpayer_id=taxpayer_id,
            payer=payer,
            channel=channel.value,
            reference=reference,
            amount=amount,
            tendered=tendered,
            taken_at=at,
            taken_on=uow.today,
        )
        lines = [Line(account_of(channel, desk), amount.minor)]
        for bill, state, part in zip(bills, states, use.uses, strict=True):
            if not (part.principal or part.penalty):
                continue
            for name, settled in settlement_parts(part):
                book.add(
                    Settlement,
                    bill_id=bill.bill_id,
                    payment_id=payment_id,
                    part=name,
                    amount=settled,
                    settled_on=uow.today,
                )
            lines += settlement_postings(bill, part)
            book.count_in_day(
                bill.head_code, channel.value, (part.principal - part.discount).minor, part.penalty.minor
            )
            book.settled(bill.bill_id, state, part)
        year, seq = book.next_receipt(desk)
        number = receipt_number(desk, year, seq)
        entry_id = book.entry(self.chain, lines, "payment", number)
        sheet = receipt_sheet(
            uow,
            key=book.office.key,
            language=book.language,
            desk=desk,
            cashier=self.cashier.actor.name,
            number=number,
            payer=payer,
            taxpayer_number=taxpayer_number,
            taxpayer_name=payer,
            bills=bills,
            use=use,
            amount=amount,
            channel=channel,
            reference=reference,
            tendered=tendered,
        )
        document_id = book.document(self.chain, sheet)
        book.add(
            Receipt,
            payment_id=payment_id,
            number=number,
            desk=desk,
            year=year,
            seq=seq,
            document_id=document_id,
            entry_id=entry_id,
        )
        book.record(
            self.chain,
            "collection:payment:taken",
            number,
            {"amount": amount.minor, "channel": channel.value, "bills": [bill.number for bill in bills]},
        )
        sums = self.by_channel.setdefault(channel, [0, 0])
        sums[0] += 1
        sums[1] += amount.minor
        self.numbers.append(number)
        if channel is Channel.CASH:
            self.in_cash = self.in_cash + amount

    def close(self, at: datetime) -> None:
        """Counts the till, books the difference and what goes to the treasury, issues the slip."""
        book, uow, desk = self.book, self.book.uow, self.cashier.desk
        uow.now = at
        expected = self.float + self.in_cash
        pieces = _counted(expected, book.office)
        counted = Money(sum(value * number for value, number in pieces.items()))
        difference = counted - expected
        with use_language(book.language):
            explanation = _("Rounding of small coins") if difference else ""
        lines = [
            Line(cash(desk), -expected.minor),
            Line(OVER_SHORT, -difference.minor),
            Line(TREASURY, counted.minor),
        ]
        book.entry(self.chain, [line for line in lines if line.amount], "close", self.subject)
        book.document(self.chain, self._slip(at, counted, pieces, explanation))
        book.record(
            self.chain,
            "collection:session:closed",
            self.subject,
            {"expected": expected.minor, "counted": counted.minor, "explanation": explanation},
        )
        book.add(
            CashSession,
            id=self.session_id,
            desk=desk,
            cashier_id=self.cashier.actor.user_id,
            cashier_name=self.cashier.actor.name,
            opened_at=self.opened_at,
            opening_float=self.float,
            closed_at=at,
            expected=expected,
            counted=counted,
            count={"denominations": {str(value): number for value, number in pieces.items()}},
            explanation=explanation,
        )

    def _slip(
        self, at: datetime, counted: Money, pieces: Mapping[int, int], explanation: str
    ) -> CashSessionSlipSheet:
        book, desk = self.book, self.cashier.desk
        with use_language(book.language):
            totals = tuple(
                ChannelTotal(channel=_(CHANNEL_NAMES[channel]), count=count, amount=Money(amount))
                for channel, (count, amount) in sorted(self.by_channel.items())
            )
        return CashSessionSlipSheet(
            issuer=issuer_of(book.uow.municipality, book.language),
            number=f"{desk}-{self.session_id}",
            language=book.language,
            desk=str(desk),
            cashier=self.cashier.actor.name,
            opened_at=self.opened_at,
            closed_at=at,
            opening_float=self.float,
            totals=totals,
            cash_in=self.in_cash,
            counted=counted,
            denominations=tuple(
                CountedDenomination(value=Money(value), count=number)
                for value, number in sorted(pieces.items(), reverse=True)
            ),
            explanation=explanation,
            receipts=len(self.numbers),
        )


# --- small things -----------------------------------------------------------------------------------------------------


def _half(amount: int, unit: int) -> int:
    """About half of an amount, in whole units of the currency where it is large enough."""
    return amount // 2 // unit * unit or amount


def _reference(channel: Channel, at: datetime, rng: Random) -> str:
    if channel is Channel.MOBILE:
        return f"MM{rng.randrange(10**9, 10**10)}"
    if channel is Channel.TRANSFER:
        return f"{at:%y%m%d}-{rng.randrange(10**5):05d}"
    return f"{rng.randrange(10**6, 10**7)}" if channel is Channel.CHEQUE else f"{rng.randrange(10**6):06d}"


def _tendered(amount: Money, office: Office) -> Money:
    """What somebody hands over: the exact amount, or notes."""
    if office.rng.random() < 0.4:
        return amount
    notes = [each.value.minor for each in office.profile.denominations if each.note]
    note = office.rng.choice([note for note in notes if note <= 2 * amount.minor] or notes[:1])
    return Money(-(-amount.minor // note) * note)


def _counted(expected: Money, office: Office) -> dict[int, int]:
    """How the cash in a till is made up; less than the smallest coin cannot be counted."""
    pieces: dict[int, int] = {}
    left = expected.minor
    for value in sorted((each.value.minor for each in office.profile.denominations), reverse=True):
        pieces[value], left = divmod(left, value)
    return {value: number for value, number in pieces.items() if number}


def _bills(uow: UnitOfWork, bill_ids: Sequence[int]) -> Iterator[tuple[int, LockedBill]]:
    heads = {head.code: head for head in uow.session.scalars(select(RevenueHead))}
    own = {code: PenaltyRule.from_spec(head.penalty_rule) for code, head in heads.items()}
    columns = Bill.__table__.c
    for start in range(0, len(bill_ids), 500):
        rows = uow.connection.execute(
            select(
                columns.id,
                columns.number,
                columns.head_code,
                columns.taxpayer_id,
                columns.debtor,
                columns.subject,
                columns.period,
                columns.total,
                columns.settled,
                columns.due_on,
                columns.penalty_owed,
                columns.penalty_charged_to,
                columns.discount,
                columns.penalty_rule,
            ).where(columns.id.in_(bill_ids[start : start + 500]))
        )
        for row in rows:
            yield (
                row.id,
                LockedBill(
                    bill_id=row.id,
                    number=row.number,
                    head_code=row.head_code,
                    head_names=heads[row.head_code].names,
                    taxpayer_id=row.taxpayer_id,
                    debtor=row.debtor,
                    subject=row.subject,
                    period=row.period,
                    state=BillState(
                        total=row.total,
                        settled=row.settled,
                        due_on=row.due_on,
                        penalty_owed=row.penalty_owed,
                        penalty_charged_to=row.penalty_charged_to,
                        discount=EarlyDiscount.from_spec(row.discount),
                    ),
                    rule=own[row.head_code]
                    if row.penalty_rule is None
                    else PenaltyRule.from_spec(row.penalty_rule),
                ),
            )


def _payers(uow: UnitOfWork, taxpayer_ids: Sequence[int]) -> Iterator[tuple[int, tuple[str, str]]]:
    for start in range(0, len(taxpayer_ids), 500):
        rows = uow.connection.execute(
            select(Taxpayer.id, Taxpayer.number, Taxpayer.name).where(
                Taxpayer.id.in_(taxpayer_ids[start : start + 500])
            )
        )
        yield from ((row.id, (row.number, row.name)) for row in rows)


_SETTLE = (
    update(Bill)
    .where(Bill.id == bindparam("of_bill"))
    .values(
        settled=bindparam("settled_now"),
        penalty_owed=bindparam("penalty_left"),
        penalty_charged_to=bindparam("charged"),
    )
)


def _settle(uow: UnitOfWork, states: Mapping[int, BillState]) -> None:
    """Keeps beside each bill's total what has been settled of it."""
    uow.connection.execute(
        _SETTLE,
        [
            {
                "of_bill": bill_id,
                "settled_now": state.settled,
                "penalty_left": state.penalty_owed,
                "charged": state.penalty_charged_to,
            }
            for bill_id, state in states.items()
        ],
    )
