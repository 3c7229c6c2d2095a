"""What the counter's tests do over and over: several tenders at once, a cancellation, a look at the rows."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import text

from muniadmin.access.commands import Approval
from muniadmin.app import App
from muniadmin.billing.reads import OpenCharges, TaxpayerBalance
from muniadmin.billing.services import set_rule
from muniadmin.collection.commands import (
    CancelReceipt,
    CashSessionOpened,
    EnterStub,
    PaymentTaken,
    ReturnTender,
    TakePayment,
    TenderGiven,
    TenderReturned,
)
from muniadmin.collection.points import STUBS_POINT
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import NeedsConfirmation
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.reads import TrialBalance
from muniadmin.storage.unit_of_work import unit_of_work
from tests.builders import everything, money
from tests.towns import PASSWORD, TownClock, user_name

#: Late by the clock of the tests, with 17.5 % of penalty on its first day: the sixth month has begun.
LATE = date(2026, 5, 31)


def given(
    channel: str, amount: str | None = None, *, tendered: str | None = None, reference: str = ""
) -> TenderGiven:
    """One means of payment; without an amount it takes the rest."""
    return TenderGiven(
        channel=channel,
        amount=money(amount) if amount is not None else None,
        tendered=money(tendered) if tendered is not None else None,
        reference=reference,
    )


def take(
    app: App,
    actor: Actor,
    session: CashSessionOpened,
    charge_ids: Sequence[int],
    *tenders: TenderGiven,
    confirmed: Collection[type[NeedsConfirmation]] = (),
    **more: Any,
) -> PaymentTaken:
    """Takes one payment for these instalments; in exact cash unless tenders are given."""
    order = TakePayment(
        request_id=str(uuid.uuid4()),
        cash_session_id=session.cash_session_id,
        charge_ids=tuple(charge_ids),
        tenders=tenders or (TenderGiven(),),
    )
    return app.execute(replace(order, **more), actor, confirmed=confirmed).outcome


def a_stub(charge_ids: Sequence[int], amount: str, value_on: date, number: int = 112) -> EnterStub:
    """The order to enter a receipt of the stub book S-07."""
    return EnterStub(
        request_id=str(uuid.uuid4()),
        point=STUBS_POINT,
        book="S-07",
        number=number,
        value_on=value_on,
        charge_ids=tuple(charge_ids),
        amount=money(amount),
    )


def a_cancellation(taken: PaymentTaken) -> CancelReceipt:
    """The order to cancel a receipt, with the supervisor's signature."""
    return CancelReceipt(
        number=taken.receipt_number,
        reason="wrong taxpayer",
        approval=Approval(user_name=user_name(Role.SUPERVISOR), password=PASSWORD),
    )


def give_back(app: App, taken: PaymentTaken, channel: str, *, fee: str = "0") -> TenderReturned:
    """The bank says that a payment's cheque or transfer has no cover."""
    (tender_id,) = (
        row[0] for row in rows(app, f"SELECT id FROM tender WHERE payment_id = {taken.payment_id} "
                                    f"AND channel = '{channel}'")
    )  # fmt: skip
    order = ReturnTender(tender_id=tender_id, reason="no cover", fee=money(fee))
    return app.execute(order, everything(app)).outcome


def at(clock: FixedClock | TownClock, day: date) -> None:
    """Nine in the morning of a later day."""
    clock.instant = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def a_rule(
    app: App, kind: str, spec: dict[str, Any], head: str = "TSC", since: date = date(2026, 1, 1)
) -> None:
    """The head has this rule; unless a day is named, it holds already."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        set_rule(uow, head, kind, spec, since=since)


def rows(app: App, statement: str) -> list[tuple[Any, ...]]:
    """What is stored."""
    with app.database.connect_to_read() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def dues(app: App, charge_ids: Sequence[int]) -> list[Money]:
    """What would settle each of these instalments of one bill today."""
    (bill_id,) = {
        row[0] for row in rows(app, f"SELECT bill_id FROM charge WHERE id IN ({_list(charge_ids)})")
    }
    found = {one.charge_id: one.due for one in app.read(OpenCharges(bill_ids=(bill_id,)), everything(app))}
    return [found.get(charge_id, ZERO) for charge_id in charge_ids]


def credit_of(app: App, taxpayer_id: int) -> Money:
    """What is held for a taxpayer."""
    return app.read(TaxpayerBalance(taxpayer_id=taxpayer_id), everything(app)).credit


def ledger(app: App) -> dict[str, Money]:
    """The balance of each ledger account."""
    return {row.code: row.balance for row in app.read(TrialBalance(), everything(app))}


def _list(ids: Sequence[int]) -> str:
    return ", ".join(map(str, ids))
