"""Issues bills. Everything that can be owed becomes a bill with its charges here."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from muniadmin.billing.errors import AlreadyAsked, BillDoesNotAddUp, HeadUnknown
from muniadmin.billing.late_facts import settle_up, use_credits_on
from muniadmin.billing.loading import STANDING_DECISIONS, accounts_with_credit, hold_accounts, load_books
from muniadmin.billing.models import Account, Bill, Charge, Claim, Decision, HeadRule, Offer, RevenueHead
from muniadmin.billing.names import BILL_NUMBER, BILLS_TOPIC
from muniadmin.billing.writing import write_added
from muniadmin.kernel.errors import NumberTooLarge
from muniadmin.kernel.money import LARGEST, Money
from muniadmin.kernel.numbers import yearly_number
from muniadmin.ledger.rules import (
    LAPSED,
    OPENING,
    ROUNDING,
    AccountKind,
    Line,
    penalty,
    rebate,
    receivable,
    revenue,
    waived,
    written_off,
)
from muniadmin.ledger.services import ensure_account, post
from muniadmin.storage.bulk import insert_if_new, insert_rows, reserve_ids
from muniadmin.storage.numbering import take_block
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import Taxpayer

_SERIES = "bill"


@dataclass(frozen=True, kw_only=True)
class HeadSpec:
    """A revenue head as a profile spells it."""

    code: str
    names: Mapping[str, str]
    kind: str
    periodicity: str
    object_kind: str | None
    due_rule: Mapping[str, Any]
    penalty_rule: Mapping[str, Any]


def install_heads(uow: UnitOfWork, specs: Sequence[HeadSpec]) -> None:
    """Adds the revenue heads of a profile, each with its rules and ledger accounts, and the standing decisions; those
    that are there stay as they are."""
    for kind, decision_id in STANDING_DECISIONS.items():
        if uow.session.get(Decision, decision_id) is None:
            uow.session.add(Decision(id=decision_id, kind=kind, standing=True, booked_on=uow.today))
            uow.session.flush()
            # PostgreSQL does not count an id that is given: the first decision taken would get it again.
            reserve_ids(uow, Decision, 1)
    for code, kind, names in (
        (ROUNDING, AccountKind.ROUNDING, {"en": "Rounding", "fr": "Arrondis"}),
        (OPENING, AccountKind.OPENING, {"en": "Taken over", "fr": "Reprise"}),
        (LAPSED, AccountKind.LAPSED, {"en": "Lapsed credits", "fr": "Crédits prescrits"}),
    ):
        ensure_account(uow, code, kind, names)
    for position, spec in enumerate(specs):
        if uow.session.get(RevenueHead, spec.code) is None:
            uow.session.add(
                RevenueHead(
                    code=spec.code,
                    names=dict(spec.names),
                    kind=spec.kind,
                    periodicity=spec.periodicity,
                    object_kind=spec.object_kind,
                    due_rule=dict(spec.due_rule),
                    position=position,
                )
            )
            uow.session.flush()
            if spec.penalty_rule:
                set_rule(uow, spec.code, "penalty", spec.penalty_rule, since=date.min, counts="issued")
        for code, kind in (
            (receivable(spec.code), AccountKind.RECEIVABLE),
            (revenue(spec.code), AccountKind.REVENUE),
            (penalty(spec.code), AccountKind.PENALTY),
            (rebate(spec.code), AccountKind.REBATE),
            (waived(spec.code), AccountKind.WAIVED),
            (written_off(spec.code), AccountKind.WRITTEN_OFF),
        ):
            ensure_account(uow, code, kind, spec.names)
    uow.session.flush()


def set_rule(
    uow: UnitOfWork,
    head_code: str,
    kind: str,
    spec: Mapping[str, Any],
    *,
    since: date,
    counts: str = "issued",
    document: str = "",
) -> None:
    """Adds a version of a head's rule, for debts "issued" from ``since`` or for what "accrues" from it; what was
    reckoned before is not touched, but a day gone by is looked at anew with it."""
    uow.session.add(
        HeadRule(
            head_code=head_code,
            kind=kind,
            since=since,
            counts=counts,
            spec=dict(spec),
            document=document,
            booked_on=uow.today,
        )
    )
    uow.session.flush()


# --- Accounts -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Debtor:
    """Who owes: a taxpayer, a vehicle by its plate, or somebody who passes by and is known by name only."""

    taxpayer_id: int | None = None
    plate: str | None = None
    name: str = ""

    @classmethod
    def passer_by(cls, name: str) -> "Debtor":
        """Somebody who is not on the register: each has an account of their own."""
        return cls(name=name)


def account_ids(uow: UnitOfWork, debtors: Sequence[Debtor]) -> list[int]:
    """The account of each debtor, opened where there is none yet; of two orders that open the same one at once the
    second gets the first's."""
    taxpayers = {one.taxpayer_id for one in debtors if one.taxpayer_id is not None}
    # One name each, the first that is given.
    plates = {one.plate: one.name for one in reversed(debtors) if one.plate and one.taxpayer_id is None}
    by_taxpayer = _found(uow, Account.taxpayer_id, taxpayers)
    by_plate = _found(uow, Account.key, plates.keys())
    new_taxpayers, new_plates = (
        sorted(taxpayers - by_taxpayer.keys()),
        sorted(plates.keys() - by_plate.keys()),
    )
    if new_taxpayers or new_plates:
        insert_if_new(uow, Account, _numbered(uow, [
            *(_account(uow, "taxpayer", taxpayer_id=one) for one in new_taxpayers),
            *(_account(uow, "plate", key=one, name=plates[one] or one) for one in new_plates),
        ]))  # fmt: skip
        by_taxpayer |= _found(uow, Account.taxpayer_id, new_taxpayers)
        by_plate |= _found(uow, Account.key, new_plates)
    passers_by = _numbered(uow, [
        _account(uow, "passer_by", name=one.name) for one in debtors if one.taxpayer_id is None and not one.plate
    ])  # fmt: skip
    if passers_by:
        insert_rows(uow, Account, passers_by)
    of_passers_by = iter(passers_by)
    return [
        by_taxpayer[one.taxpayer_id]
        if one.taxpayer_id is not None
        else by_plate[one.plate]
        if one.plate
        else next(of_passers_by)["id"]
        for one in debtors
    ]


def _account(
    uow: UnitOfWork, kind: str, *, taxpayer_id: int | None = None, key: str | None = None, name: str = ""
) -> dict[str, Any]:
    return {"kind": kind, "taxpayer_id": taxpayer_id, "key": key, "name": name, "opened_on": uow.today}


def _numbered(uow: UnitOfWork, accounts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = reserve_ids(uow, Account, len(accounts))
    return [{"id": new, **one} for new, one in zip(ids, accounts, strict=True)]


def account_of_taxpayer(uow: UnitOfWork, taxpayer_id: int) -> int:
    """The taxpayer's account, opened where there is none yet."""
    return account_ids(uow, [Debtor(taxpayer_id=taxpayer_id)])[0]


def _found(uow: UnitOfWork, column: Any, keys: Collection[Any]) -> dict[Any, int]:
    if not keys:
        return {}
    rows = uow.connection.execute(select(column, Account.id).where(column.in_(sorted(keys))))
    return {row[0]: row[1] for row in rows}


# --- Bills ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class NewBill:
    """What a bill is to say. ``lines`` spell out the computation; each has at least "what" and "amount" (minor units),
    and the amounts sum to the bill's total. ``instalments`` are (due day, amount); their amounts sum to it too."""

    head_code: str
    period: str
    instalments: Sequence[tuple[date, int]]
    lines: Sequence[Mapping[str, Any]]
    debtor: Debtor
    kind: str
    #: A fine's or a request's own number; None: the next bill number.
    number: str | None = None
    old_number: str = ""
    object_id: int | None = None
    subject: str = ""
    #: What this bill asks and no other may; None: nothing that is asked once.
    claim: str | None = None
    #: Less settles it: (amount, last day), the earliest first.
    offers: Sequence[tuple[int, date]] = ()
    #: The bill's own penalty rule (billing.accrual.PenaltyRule as stored); None: its head's.
    penalty_rule: Mapping[str, Any] | None = None
    #: Of debts taken over: penalty accrues only after this day, and this much had accrued by then.
    accrues_after: date | None = None
    penalty_so_far: int = 0
    replaces_id: int | None = None

    @property
    def total(self) -> int:
        """The sum of the lines, in minor units."""
        return sum(int(line["amount"]) for line in self.lines)


@dataclass(frozen=True)
class IssuedBill:
    """The new bill's id, number and charges."""

    bill_id: int
    number: str
    total: Money
    account_id: int
    charge_ids: tuple[int, ...] = field(default=())


def issue_bill(uow: UnitOfWork, bill: NewBill) -> IssuedBill:
    """Issues one bill today, and books it as owed. Raises AlreadyAsked when its claim is another bill's."""
    return issue_bills(uow, [bill])[0]


def issue_bills(uow: UnitOfWork, bills: Sequence[NewBill]) -> list[IssuedBill]:
    """Issues bills of one head in this transaction, with consecutive numbers. What is held for their debtors pays them
    at once. For rolls of any size, call it with at most a thousand at a time: an event holds all it wrote."""
    head = uow.session.get(RevenueHead, bills[0].head_code)
    if head is None:
        known = uow.session.scalars(select(RevenueHead.code).order_by(RevenueHead.position))
        raise HeadUnknown(head=bills[0].head_code, known=", ".join(known))
    totals = [bill.total for bill in bills]
    if max(totals) > LARGEST.minor:
        raise NumberTooLarge
    if any(bill.head_code != head.code or not _adds_up(bill) for bill in bills):
        raise BillDoesNotAddUp
    accounts = account_ids(uow, [bill.debtor for bill in bills])
    # Before any number is taken or entry booked, as every order on these accounts does.
    hold_accounts(uow, accounts)
    names = _names(uow, [bill.debtor for bill in bills])
    bill_ids = reserve_ids(uow, Bill, len(bills))
    rows = [
        _row(uow, bill, number, bill_id, account_id, name)
        for bill, number, bill_id, account_id, name in zip(
            bills, _numbers(uow, bills), bill_ids, accounts, names, strict=True
        )
    ]
    insert_rows(uow, Bill, rows)
    claims: list[dict[str, Any]] = [
        {"key": bill.claim, "bill_id": bill_id}
        for bill, bill_id in zip(bills, bill_ids, strict=True)
        if bill.claim is not None
    ]
    if claims:
        _ensure_not_asked(uow, [claim["key"] for claim in claims])
        insert_rows(uow, Claim, claims)
    charges, charge_ids = _charges(uow, bills, bill_ids, accounts)
    insert_rows(uow, Charge, charges)
    offers = [
        offer for bill, bill_id in zip(bills, bill_ids, strict=True) for offer in _offers(uow, bill, bill_id)
    ]
    if offers:
        insert_rows(uow, Offer, offers)
    issued = [
        IssuedBill(bill_id, row["number"], Money(total), account_id, tuple(charge_ids[bill_id]))
        for bill_id, row, total, account_id in zip(bill_ids, rows, totals, accounts, strict=True)
    ]
    post(uow, _lines(head.code, charges))
    uow.touch(BILLS_TOPIC)
    _pay_with_what_is_held(uow, issued)
    return issued


def _adds_up(bill: NewBill) -> bool:
    amounts = [amount for _due_on, amount in bill.instalments]
    return bill.total > 0 and min(amounts, default=0) > 0 and sum(amounts) == bill.total


def _ensure_not_asked(uow: UnitOfWork, keys: Sequence[str]) -> None:
    taken = uow.connection.execute(
        select(Bill.number).join(Claim, Claim.bill_id == Bill.id).where(Claim.key.in_(keys)).limit(1)
    ).scalar_one_or_none()
    if taken is not None:
        raise AlreadyAsked(bill=taken)


def _names(uow: UnitOfWork, debtors: Sequence[Debtor]) -> list[str]:
    ids = sorted({one.taxpayer_id for one in debtors if one.taxpayer_id is not None})
    rows = (
        uow.connection.execute(select(Taxpayer.id, Taxpayer.name).where(Taxpayer.id.in_(ids))) if ids else ()
    )
    known = {row[0]: row[1] for row in rows}
    return [
        known.get(one.taxpayer_id, one.name) if one.taxpayer_id is not None else one.name for one in debtors
    ]


def _numbers(uow: UnitOfWork, bills: Sequence[NewBill]) -> Iterator[str]:
    """A number for each bill: its own, or the next of the fiscal year."""
    year = uow.municipality.calendar.year_of(uow.today)
    wanting = sum(bill.number is None for bill in bills)
    sequence = take_block(uow, _SERIES, year, wanting) if wanting else 0
    for bill in bills:
        if bill.number is not None:
            yield bill.number
        else:
            yield yearly_number(BILL_NUMBER, year, sequence)
            sequence += 1


def _row(
    uow: UnitOfWork, bill: NewBill, number: str, bill_id: int, account_id: int, name: str
) -> dict[str, Any]:
    return {
        "id": bill_id,
        "number": number,
        "old_number": bill.old_number,
        "kind": bill.kind,
        "head_code": bill.head_code,
        "account_id": account_id,
        "account_name": name,
        "object_id": bill.object_id,
        "subject": bill.subject,
        "period": bill.period,
        "fiscal_year": uow.municipality.calendar.year_of(uow.today),
        "issued_on": uow.today,
        "replaces_id": bill.replaces_id,
        "penalty_rule": dict(bill.penalty_rule) if bill.penalty_rule is not None else None,
        "lines": {"lines": [dict(line) for line in bill.lines]},
    }


def _charges(
    uow: UnitOfWork, bills: Sequence[NewBill], bill_ids: Sequence[int], accounts: Sequence[int]
) -> tuple[list[dict[str, Any]], dict[int, list[int]]]:
    """One principal for each instalment, and what penalty had accrued on debts taken over."""
    count = sum(len(bill.instalments) + bool(bill.penalty_so_far) for bill in bills)
    ids = iter(reserve_ids(uow, Charge, count))
    rows: list[dict[str, Any]] = []
    of_bill: dict[int, list[int]] = {}
    for bill, bill_id, account_id in zip(bills, bill_ids, accounts, strict=True):
        opening = bill.kind == "opening"
        common = {
            "bill_id": bill_id,
            "account_id": account_id,
            "head_code": bill.head_code,
            "booked_on": uow.today,
            "value_on": uow.today,
        }
        principals: list[dict[str, Any]] = []
        for part, (due_on, amount) in enumerate(bill.instalments, 1):
            principals.append(
                {
                    **common,
                    "id": next(ids),
                    "kind": "principal",
                    "part": part,
                    "due_on": due_on,
                    "amount": Money(amount),
                    "against": "opening" if opening else "revenue",
                    "accrues_after": bill.accrues_after,
                    "on_charge_id": None,
                    "accrued_to": None,
                    "reckoning": "",
                }
            )
        rows += principals
        of_bill[bill_id] = [row["id"] for row in principals]
        if bill.penalty_so_far:
            rows.append(
                {
                    **principals[0],
                    "id": next(ids),
                    "kind": "penalty",
                    "amount": Money(bill.penalty_so_far),
                    "accrues_after": None,
                    "on_charge_id": principals[0]["id"],
                    "accrued_to": bill.accrues_after or uow.today,
                }
            )
    return rows, of_bill


def _offers(uow: UnitOfWork, bill: NewBill, bill_id: int) -> Iterator[dict[str, Any]]:
    since = date.min
    for amount, last_day in bill.offers:
        until = last_day + timedelta(days=1)
        yield {
            "bill_id": bill_id,
            "amount": Money(amount),
            "since": since,
            "until": until,
            "decision_id": None,
            "booked_on": uow.today,
        }
        since = until


def _lines(head_code: str, charges: Sequence[Mapping[str, Any]]) -> list[Line]:
    owed: dict[tuple[int, int], int] = {}
    against: dict[str, int] = {}
    for charge in charges:
        key = charge["account_id"], charge["bill_id"]
        owed[key] = owed.get(key, 0) + charge["amount"].minor
        contra = OPENING if charge["against"] == "opening" else revenue(head_code)
        against[contra] = against.get(contra, 0) - charge["amount"].minor
    return [
        *(Line(receivable(head_code), amount, account, bill) for (account, bill), amount in owed.items()),
        *(Line(code, amount) for code, amount in against.items()),
    ]


def _pay_with_what_is_held(uow: UnitOfWork, issued: Sequence[IssuedBill]) -> None:
    """Money that is held for a debtor pays a new bill at once, due or not, as of the later of the two days."""
    holders = accounts_with_credit(uow, {bill.account_id for bill in issued})
    if not holders:
        return
    mine = [bill for bill in issued if bill.account_id in holders]
    books = load_books(uow, account_ids=holders, bill_ids=[bill.bill_id for bill in mine])
    # What has fallen due meanwhile goes first.
    settle_up(books, holders)
    use_credits_on(books, [charge_id for bill in mine for charge_id in bill.charge_ids])
    if lines := write_added(uow, books):
        post(uow, lines)
