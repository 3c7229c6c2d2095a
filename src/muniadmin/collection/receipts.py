"""A receipt's number, whom it is for, and what it shows; and the paper of its cancellation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from muniadmin.billing.facts import COST
from muniadmin.billing.models import Account, Bill, RevenueHead, Tender
from muniadmin.collection.models import Payment, Receipt
from muniadmin.collection.names import receipt_number
from muniadmin.collection.plan import PaymentOrder
from muniadmin.collection.rules import CHANNEL_NAMES
from muniadmin.collection.sheets import ReceiptCancellationSheet, ReceiptLine, ReceiptSheet, ReceiptTender
from muniadmin.documents.services import issuer_of
from muniadmin.documents.signing import ReceiptClaim, SigningKey, sign_receipt
from muniadmin.kernel.i18n import _, pick, use_language
from muniadmin.kernel.money import Money
from muniadmin.kernel.texts import ensure_fits
from muniadmin.storage.numbering import take_block
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import Taxpayer


def receipt_series(point: int) -> str:
    """The number series of a point's receipts; it restarts each fiscal year."""
    return f"receipt:{point}"


def stub_series(book: str) -> str:
    """What stands as the series of a stub book's receipts; its numbers are the book's."""
    return f"stub:{book}"


@dataclass(frozen=True)
class ReceiptNumber:
    """A receipt's number: its series, fiscal year and place in it, and as printed."""

    series: str
    year: int
    seq: int
    text: str


def receipt_numbers(uow: UnitOfWork, orders: Sequence[PaymentOrder]) -> list[ReceiptNumber]:
    """The receipts' numbers: the next of the orders' one point, or the stubs' as written."""
    point, year = orders[0].point, uow.municipality.calendar.year_of(uow.today)
    count = sum(order.stub is None for order in orders)
    following = take_block(uow, receipt_series(point), year, count) if count else 0
    numbers = []
    for order in orders:
        if order.stub is not None:
            book, seq = order.stub
            text = f"{book}/{seq}"
            ensure_fits(text, 24)
            numbers.append(ReceiptNumber(stub_series(book), 0, seq, text))
            continue
        numbers.append(ReceiptNumber(str(point), year, following, receipt_number(point, year, following)))
        following += 1
    return numbers


@dataclass(frozen=True)
class PaidFor:
    """Whose debts a receipt is for, and the bills it pays, by their ids."""

    payer: str
    taxpayer_number: str | None
    taxpayer_name: str
    bills: Mapping[int, Row[*tuple[Any, ...]]]
    #: Whether the bills are those of several people, who may bear one name.
    several: bool = False


def paid_for(uow: UnitOfWork, orders: Sequence[PaymentOrder]) -> list[PaidFor]:
    """Of each payment, in the orders' order."""
    of_order = [{paid.bill.id for paid in order.plan.spread.paid} for order in orders]
    every = sorted(set().union(*of_order))
    rows = uow.connection.execute(_BILLS, {"bill_ids": every}).all() if every else []
    bills = {row.id: row for row in rows}
    return [
        _for_bills(uow, {bill_id: bills[bill_id] for bill_id in sorted(ids)}, order.plan.payer_account_id)
        for order, ids in zip(orders, of_order, strict=True)
    ]


def _for_bills(uow: UnitOfWork, bills: Mapping[int, Row[*tuple[Any, ...]]], payer_account_id: int) -> PaidFor:
    """Debtors are named as on their bills; whoever pays and is none of them as on the register."""
    named = {row.account_id: (row.taxpayer_number, row.account_name) for row in bills.values()}
    payer = named.get(payer_account_id) or _name_of(uow, payer_account_id)
    people = set(named.values()) or {payer}
    if len(people) == 1:
        number, name = next(iter(people))
        return PaidFor(payer[1], number, name, bills)
    return PaidFor(payer[1], None, "", bills, several=True)


def _name_of(uow: UnitOfWork, account_id: int) -> tuple[str | None, str]:
    row = uow.connection.execute(
        select(Taxpayer.number, func.coalesce(Taxpayer.name, Account.name))
        .select_from(Account)
        .outerjoin(Taxpayer, Taxpayer.id == Account.taxpayer_id)
        .where(Account.id == account_id)
    ).one()
    return row[0], row[1]


_BILLS = (
    select(
        Bill.id,
        Bill.period,
        Bill.subject,
        Bill.account_id,
        Bill.account_name,
        RevenueHead.names.label("head_names"),
        Taxpayer.number.label("taxpayer_number"),
    )
    .join(RevenueHead, RevenueHead.code == Bill.head_code)
    .join(Account, Account.id == Bill.account_id)
    .outerjoin(Taxpayer, Taxpayer.id == Account.taxpayer_id)
    .where(Bill.id.in_(bindparam("bill_ids", expanding=True)))
    .order_by(Bill.id)
)


def receipt_sheet(
    uow: UnitOfWork, key: SigningKey, order: PaymentOrder, whom: PaidFor, number: str, payer: str
) -> ReceiptSheet:
    """What the receipt shows, signed with the municipality's key."""
    municipality, plan = uow.municipality, order.plan
    language = order.language or municipality.language
    with use_language(language):
        tenders = tuple(
            ReceiptTender(channel=_(CHANNEL_NAMES[one.channel]), amount=one.amount, reference=one.reference)
            for one in plan.tenders
        )
        costs = _("costs")
    cash_given = [one.tendered for one in plan.tenders if one.tendered is not None]
    return ReceiptSheet(
        issuer=issuer_of(municipality, language),
        number=number,
        language=language,
        desk=str(order.point),
        cashier=order.cashier,
        taken_at=order.taken_at or uow.now,
        value_on=plan.value_on,
        payer=payer,
        taxpayer_number=whom.taxpayer_number,
        taxpayer_name=whom.taxpayer_name,
        lines=tuple(
            ReceiptLine(
                what=pick(whom.bills[paid.bill.id].head_names, language),
                period=whom.bills[paid.bill.id].period,
                bill_number=paid.bill.number,
                subject=costs if paid.charge.kind == COST else whom.bills[paid.bill.id].subject,
                debtor=whom.bills[paid.bill.id].account_name if whom.several else "",
                part=paid.charge.part,
                parts=max(one.part for one in paid.bill.charges),
                amount=Money(paid.money),
                penalty=Money(paid.penalty),
                rebate=Money(paid.rebate),
                left=Money(paid.left),
            )
            for paid in plan.spread.paid
        ),
        total=plan.amount,
        credit=plan.credit,
        given_for=tuple(plan.given_for),
        tenders=tenders,
        tendered=Money(sum(one.minor for one in cash_given)) if cash_given else None,
        change=plan.change,
        verification=sign_receipt(
            key,
            ReceiptClaim(
                number=number,
                taken_on=plan.value_on,
                amount=plan.amount,
                currency=municipality.currency.code,
                taxpayer_number=whom.taxpayer_number,
                desk=str(order.point),
            ),
        ),
        texts=tuple(pick(text, language) for text in (municipality.texts.get("receipt_footer"),) if text),
    )


def cancellation_sheet(
    uow: UnitOfWork,
    receipt: Receipt,
    payment: Payment,
    tenders: Sequence[Tender],
    reason: str,
    approved_by: str,
) -> ReceiptCancellationSheet:
    """What the paper of a cancelled receipt shows."""
    language = uow.municipality.language
    with use_language(language):
        channel = " + ".join(_(CHANNEL_NAMES[one.channel]) for one in tenders)
    return ReceiptCancellationSheet(
        issuer=issuer_of(uow.municipality, language),
        number=receipt.number,
        language=language,
        desk=str(payment.point),
        taken_at=payment.taken_at,
        cancelled_at=uow.now,
        cancelled_by=uow.actor.name,
        approved_by=approved_by,
        reason=reason,
        payer=payment.payer,
        taxpayer_number=None,
        total=payment.amount,
        channel=channel,
    )
