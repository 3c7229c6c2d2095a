"""Reads bills and credits, whole, into the facts that the rules work on."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Executable, Select, bindparam, literal, null, select, union_all

from muniadmin.billing.accrual import PenaltyRule, PenaltyVersion
from muniadmin.billing.books import Books
from muniadmin.billing.facts import (
    BillFacts,
    ChargeFact,
    CreditFact,
    MoveFact,
    OfferFact,
    RebateVersion,
    SettlementFact,
    SuspensionFact,
    TenderFact,
    TermFact,
)
from muniadmin.billing.models import (
    Account,
    AccountNow,
    Bill,
    Charge,
    ChargeNow,
    Credit,
    CreditMove,
    Decision,
    HeadRule,
    Offer,
    Settlement,
    Suspension,
    SuspensionEnd,
    Tender,
    Term,
)
from muniadmin.kernel.money import ZERO
from muniadmin.ledger.queries import business_days
from muniadmin.storage.base import Base
from muniadmin.storage.unit_of_work import Reading, UnitOfWork

STANDING_DECISIONS: Mapping[str, int] = {"rebate": 1, "rounding": 2, "late_fact": 3}
"""The ids of the standing decisions, which every database is set up with."""

_FOREVER = date.min
#: Groups of accounts whose books are read together.
_AT_ONCE = 500

# Statements are built once: these are sent for every payment and every page.
_BILL_IDS: BindParameter[Any] = bindparam("bill_ids", expanding=True)


def hold_accounts(uow: UnitOfWork, account_ids: Iterable[int]) -> None:
    """Holds accounts until the transaction ends, in the order of their ids, so that two desks neither settle one debt
    twice nor wait for each other."""
    ids = sorted(set(account_ids))
    if ids:
        uow.connection.execute(
            select(Account.id).where(Account.id.in_(ids)).order_by(Account.id).with_for_update()
        )


def load_books(
    reading: Reading,
    *,
    account_ids: Collection[int] = (),
    bill_ids: Collection[int] = (),
    charge_ids: Collection[int] = (),
    whole: bool = False,
) -> Books:
    """The bills named, or on which the charges named stand, and what is open on the accounts, with the accounts'
    credits. ``whole``: every bill of the accounts, for facts that count from a day gone by. Accounts that hold free
    money are always read whole: it may have come before money that settled something late."""
    books = Books(reading.today, set(account_ids), standing_decisions=STANDING_DECISIONS)
    _load_credits(reading, books, account_ids)
    rich = {lot.account_id for lot in books.credits.values() if books.lot_left(lot) > 0}
    wanted: list[Select[Any]] = []
    if bill_ids:
        wanted.append(select(Bill.id).where(Bill.id.in_(bill_ids)))
    if charge_ids:
        wanted.append(select(Charge.bill_id).where(Charge.id.in_(charge_ids)))
    whole_of = set(account_ids) if whole else rich
    if whole_of:
        wanted.append(select(Charge.bill_id).where(Charge.account_id.in_(whole_of)))
    if rest := set(account_ids) - whole_of:
        wanted.append(
            select(ChargeNow.bill_id).where(ChargeNow.account_id.in_(rest), ChargeNow.closed_on.is_(None))
        )
    if wanted:
        # One list of ids: PostgreSQL reads a whole table to answer "in this list or in that".
        books.bills = read_bills(reading, Bill.id.in_(union_all(*wanted)), books.tenders)
    return books


def load_books_of_each(uow: UnitOfWork, groups: Sequence[Collection[int]]) -> Iterator[Books]:
    """The books of each group of accounts, held until the transaction ends: as ``load_books`` reads them, but many
    together. No two groups share an account. For a bank's file, or a day of a demonstration town."""
    for start in range(0, len(groups), _AT_ONCE):
        some = groups[start : start + _AT_ONCE]
        place = {account_id: number for number, group in enumerate(some) for account_id in group}
        hold_accounts(uow, place)
        together = load_books(uow, account_ids=place)
        each = [
            Books(today=together.today, accounts=set(group), standing_decisions=together.standing_decisions)
            for group in some
        ]
        for bill in together.bills.values():
            for number in {place[one.account_id] for one in bill.charges if one.account_id in place}:
                each[number].bills[bill.id] = bill
                for settlement in bill.settlements:
                    if settlement.tender_id is not None:
                        tender = together.tenders[settlement.tender_id]
                        each[number].tenders[tender.id] = tender
        for lot in together.credits.values():
            books = each[place[lot.account_id]]
            books.credits[lot.id] = lot
            books.moves[lot.id] = together.moves.get(lot.id, [])
            if lot.tender_id is not None:
                books.tenders[lot.tender_id] = together.tenders[lot.tender_id]
        yield from each


def read_bills(
    reading: Reading, wanted: Any, tenders: dict[int, TenderFact] | None = None
) -> dict[int, BillFacts]:
    """The bills that the condition names, by id, with all that was ever booked on them.

    What was booked on a day that was opened by mistake counts from the day on which that was taken back.
    """
    when = _When(reading)
    bills: dict[int, BillFacts] = {}
    own_rules: dict[int, Mapping[str, Any]] = {}
    rows = reading.connection.execute(_BILLS.where(wanted)).all()
    for row in rows:
        bill = bills.get(row[0])
        if bill is None:
            bill = bills[row[0]] = BillFacts(row[0], row[1], row[2], row[3], row[4], row[5])
            if row[6] is not None:
                own_rules[bill.id] = row[6]
        bill.charges.append(_charge(row[0], row[7:], when))
    if not bills:
        return bills
    _load_settlements(reading, bills, {} if tenders is None else tenders, when)
    _load_overlays(reading, bills, when)
    rules = rules_of_heads(reading, {bill.head for bill in bills.values()})
    for bill in bills.values():
        head = rules.get(bill.head, HeadRules())
        own = own_rules.get(bill.id)
        bill.penalties = (
            head.penalties
            if own is None
            else [PenaltyVersion(_FOREVER, "issued", PenaltyRule.from_spec(own), _FOREVER)]
        )
        bill.rebates = head.rebates
        bill.allocation, bill.coin = head.allocation, head.coin
    return bills


_BILLS = select(
    Bill.id, Bill.number, Bill.kind, Bill.head_code, Bill.account_id, Bill.issued_on, Bill.penalty_rule,
    Charge.id, Charge.account_id, Charge.head_code, Charge.kind, Charge.part, Charge.due_on, Charge.amount,
    Charge.booked_on, Charge.value_on, Charge.against, Charge.accrues_after, Charge.on_charge_id, Charge.accrued_to,
    Charge.reckoning,
).join(Charge, Charge.bill_id == Bill.id).order_by(Charge.id)  # fmt: skip


class _When:
    """The days that rows name, as they were in truth where a business day was opened by mistake and taken back."""

    def __init__(self, reading: Reading) -> None:
        self._days, self._today = business_days(reading), reading.today

    def __call__(self, day: date, table: type[Base], row_id: int) -> date:
        # What is there is known today, even if another desk wrote it a moment after the day was taken back.
        return min(self._days.truly(day, table.__tablename__, row_id), self._today)


def _charge(bill_id: int, row: Any, when: _When) -> ChargeFact:
    (charge_id, account_id, head, kind, part, due_on, amount, booked_on, value_on, against, after, on_charge, to,
     reckoning) = row  # fmt: skip
    return ChargeFact(
        charge_id, bill_id, account_id, head, kind, part, due_on, amount.minor, when(booked_on, Charge, charge_id),
        when(value_on, Charge, charge_id), against, after, on_charge, to and when(to, Charge, charge_id), reckoning,
    )  # fmt: skip


def _load_settlements(
    reading: Reading, bills: Mapping[int, BillFacts], tenders: dict[int, TenderFact], when: _When
) -> None:
    for row in reading.connection.execute(_SETTLEMENTS, {"bill_ids": list(bills)}):
        value_on = when(row[5], Settlement, row[1])
        bills[row[0]].settlements.append(
            SettlementFact(
                row[1], row[2], row[3].minor, when(row[4], Settlement, row[1]), value_on, row[6], row[7], row[8],
                row[9] or "", row[10], row[11], row[5] if row[5] != value_on else None,
            )
        )  # fmt: skip
        if row[6] is not None:
            tenders[row[6]] = TenderFact(row[6], row[12], row[13], row[14], when(row[15], Tender, row[6]))


_SETTLEMENTS = (
    select(
        Charge.bill_id, Settlement.id, Settlement.charge_id, Settlement.amount, Settlement.booked_on,
        Settlement.value_on, Settlement.tender_id, Settlement.credit_id, Settlement.decision_id, Decision.kind,
        Settlement.payment_id, Settlement.reverses_id, Tender.payment_id, Tender.point, Tender.channel,
        Tender.value_on,
    )
    .join(Charge, Charge.id == Settlement.charge_id)
    .outerjoin(Decision, Decision.id == Settlement.decision_id)
    .outerjoin(Tender, Tender.id == Settlement.tender_id)
    .where(Charge.bill_id.in_(_BILL_IDS))
    .order_by(Settlement.id)
)  # fmt: skip


def _load_overlays(reading: Reading, bills: Mapping[int, BillFacts], when: _When) -> None:
    """Postponements, offers and suspensions, in one question: few bills have any."""
    rows: Iterable[Any] = reading.connection.execute(_OVERLAYS, {"bill_ids": list(bills)})
    for row in rows:
        kind, row_id, bill_id = row[0], row[1], row[2]
        bill = bills[bill_id]
        if kind == "term":
            bill.terms.append(TermFact(row[3], row[5], when(row[8], Term, row_id)))
        elif kind == "offer":
            bill.offers.append(OfferFact(row[4].minor, row[5], row[6], when(row[8], Offer, row_id)))
        else:
            bill.suspensions.append(
                SuspensionFact(
                    row_id, row[3], row[4].minor if row[4] is not None else None, row[5], row[6], bool(row[7]),
                    when(row[8], Suspension, row_id), row[9], bool(row[10]),
                    row[11] and when(row[11], Decision, row[12]),
                )
            )  # fmt: skip


_NONE = null()
_OVERLAYS: Executable = union_all(
    select(
        literal("rest"), Suspension.id, Suspension.bill_id, Suspension.charge_id, Suspension.amount, Suspension.since,
        Suspension.silence_on, Suspension.stops_accrual, Suspension.booked_on, SuspensionEnd.ends_on,
        SuspensionEnd.as_if_never, SuspensionEnd.booked_on, SuspensionEnd.decision_id,
    )
    .outerjoin(SuspensionEnd, SuspensionEnd.suspension_id == Suspension.id)
    .where(Suspension.bill_id.in_(_BILL_IDS)),
    select(
        literal("term"), Term.id, Charge.bill_id, Term.charge_id, _NONE, Term.due_on, _NONE, _NONE, Term.booked_on,
        _NONE, _NONE, _NONE, _NONE,
    )
    .join(Charge, Charge.id == Term.charge_id)
    .where(Charge.bill_id.in_(_BILL_IDS)),
    select(
        literal("offer"), Offer.id, Offer.bill_id, _NONE, Offer.amount, Offer.since, Offer.until, _NONE,
        Offer.booked_on, _NONE, _NONE, _NONE, _NONE,
    ).where(Offer.bill_id.in_(_BILL_IDS)),
).order_by("id")  # fmt: skip


class HeadRules:
    """The versions of a head's rules."""

    def __init__(self) -> None:
        self.penalties: list[PenaltyVersion] = []
        self.rebates: list[RebateVersion] = []
        self.allocation = "penalty_first"
        #: The smallest coin in minor units; 0: every amount can be paid in cash.
        self.coin = 0


def rules_of_heads(reading: Reading, heads: Collection[str] | None = None) -> Mapping[str, HeadRules]:
    """The rules of revenue heads, by code (None: of all)."""
    found: dict[str, HeadRules] = defaultdict(HeadRules)
    rows = (
        reading.connection.execute(_RULES)
        if heads is None
        else reading.connection.execute(_RULES_OF, {"heads": list(heads)})
    )
    when = _When(reading)
    for rule_id, head, kind, since, counts, spec, booked_on in rows:
        rules, known = found[head], when(booked_on, HeadRule, rule_id)
        if kind == "penalty":
            rules.penalties.append(PenaltyVersion(since, counts, PenaltyRule.from_spec(spec), known))
        elif kind == "rebate":
            rules.rebates.append(
                RebateVersion(since, spec["rate"], spec["month"], spec["day"], spec["whole"], known)
            )
        elif kind == "allocation" and since <= reading.today:
            rules.allocation = spec["order"]
        elif kind == "rounding" and since <= reading.today:
            rules.coin = int(spec["coin"])
    return found


_RULES = select(
    HeadRule.id,
    HeadRule.head_code,
    HeadRule.kind,
    HeadRule.since,
    HeadRule.counts,
    HeadRule.spec,
    HeadRule.booked_on,
).order_by(HeadRule.since, HeadRule.id)
_RULES_OF = _RULES.where(HeadRule.head_code.in_(bindparam("heads", expanding=True)))


def _load_credits(reading: Reading, books: Books, account_ids: Collection[int]) -> None:
    """The lots of these accounts, also those of which nothing is left: their moves may be taken back."""
    if not account_ids:
        return
    lots = reading.connection.execute(_LOTS, {"account_ids": list(account_ids)}).all()
    if not lots:
        return
    when = _When(reading)
    for row in lots:
        books.credits[row[0]] = CreditFact(
            row[0], row[1], row[2].minor, when(row[3], Credit, row[0]), when(row[4], Credit, row[0]), row[5], row[6],
            row[7] or "", row[8],
        )  # fmt: skip
        if row[5] is not None:
            books.tenders[row[5]] = TenderFact(
                row[5], row[9], row[10], row[11], when(row[12], Tender, row[5])
            )
    for one in reading.connection.execute(_MOVES, {"account_ids": list(account_ids)}):
        books.moves.setdefault(one[1], []).append(
            MoveFact(one[0], one[1], one[2].minor, one[3], when(one[4], CreditMove, one[0]), one[5], one[6])
        )


_ACCOUNT_IDS: BindParameter[Any] = bindparam("account_ids", expanding=True)
_LOTS = (
    select(
        Credit.id, Credit.account_id, Credit.amount, Credit.booked_on, Credit.value_on, Credit.tender_id,
        Credit.decision_id, Decision.kind, Credit.kept_for, Tender.payment_id, Tender.point, Tender.channel,
        Tender.value_on,
    )
    .outerjoin(Decision, Decision.id == Credit.decision_id)
    .outerjoin(Tender, Tender.id == Credit.tender_id)
    .where(Credit.account_id.in_(_ACCOUNT_IDS))
    .order_by(Credit.id)
)  # fmt: skip
_MOVES = (
    select(
        CreditMove.id, CreditMove.credit_id, CreditMove.amount, CreditMove.kind, CreditMove.booked_on,
        CreditMove.settlement_id, CreditMove.decision_id,
    )
    .join(Credit, Credit.id == CreditMove.credit_id)
    .where(Credit.account_id.in_(_ACCOUNT_IDS))
    .order_by(CreditMove.id)
)  # fmt: skip


def accounts_with_credit(reading: Reading, account_ids: Collection[int]) -> set[int]:
    """Those of the accounts that hold money."""
    return set(
        reading.connection.scalars(
            select(AccountNow.account_id).where(
                AccountNow.account_id.in_(account_ids), AccountNow.credit > ZERO
            )
        )
    )
