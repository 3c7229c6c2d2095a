"""A taxpayer, a bill, an open desk: what tests of money need, made through the services."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from muniadmin.app import App
from muniadmin.billing.reads import OneBill, OpenCharges
from muniadmin.billing.services import Debtor, IssuedBill, NewBill, issue_bill
from muniadmin.collection.commands import (
    CashSessionOpened,
    OpenCashSession,
    PaymentTaken,
    TakePayment,
    TenderGiven,
)
from muniadmin.kernel.errors import NeedsConfirmation
from muniadmin.kernel.folding import fold
from muniadmin.kernel.money import Money
from muniadmin.kernel.money import total as sum_of
from muniadmin.kernel.permissions import Role, every_permission
from muniadmin.kernel.requests import Actor
from muniadmin.ledger.rules import Line
from muniadmin.ledger.services import post
from muniadmin.storage.numbering import next_in_series
from muniadmin.storage.unit_of_work import unit_of_work
from muniadmin.taxpayers.models import Taxpayer
from muniadmin.taxpayers.names import taxpayer_number
from tests.towns import actor_with


def money(text: str) -> Money:
    """Dirhams."""
    return Money(round(float(text) * 100))


def everything(app: App) -> Actor:
    """The town's supervisor with every permission, for preparing what a test starts from."""
    return replace(actor_with(app, Role.SUPERVISOR), permissions=frozenset(every_permission()))


def a_taxpayer(app: App, name: str = "Amina Bennani") -> int:
    """A person on the register; the id."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        taxpayer = Taxpayer(
            number=taxpayer_number(next_in_series(uow, "taxpayer")),
            kind="person",
            name=name,
            sort_name=fold(name),
            search_text=fold(name),
            registered_at=uow.now,
        )
        uow.session.add(taxpayer)
        uow.session.flush()
        return taxpayer.id


def a_bill(
    app: App,
    total: str,
    *,
    head: str = "TSC",
    due_on: date = date(2026, 12, 31),
    taxpayer_id: int | None = None,
    instalments: Sequence[tuple[date, str]] = (),
    offers: Sequence[tuple[str, date]] = (),
    number: str | None = None,
    kind: Literal["hand", "opening"] = "hand",
) -> IssuedBill:
    """A bill of one line, due at once or in instalments; ``offers``: what settles it up to and including a day."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        return issue_bill(
            uow,
            NewBill(
                head_code=head,
                period="2026",
                kind=kind,
                instalments=[(day, money(amount).minor) for day, amount in instalments or [(due_on, total)]],
                lines=[{"what": "Rental value", "amount": money(total).minor}],
                number=number,
                debtor=Debtor(taxpayer_id=taxpayer_id)
                if taxpayer_id
                else Debtor(plate="12345A15", name="12345-A-15"),
                subject="12, derb Sidi Ahmed",
                offers=[(money(amount).minor, day) for amount, day in offers],
            ),
        )


def issued(app: App, bill_id: int) -> IssuedBill:
    """A bill that something else than :func:`a_bill` issued, to be paid."""
    found = app.read(OneBill(bill_id=bill_id), everything(app))
    charge_ids = tuple(one.charge_id for one in found.instalments)
    return IssuedBill(bill_id, found.number, found.total, found.account_id, charge_ids)


def begin_the_day(app: App) -> None:
    """The first booking of the day, by which the days before it are over."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        post(uow, [Line("treasury", 1), Line("bank", -1)])


def an_open_desk(app: App, actor: Actor, desk: int = 1, opening_float: str = "500") -> CashSessionOpened:
    """The actor's session at a desk."""
    return app.execute(OpenCashSession(desk=desk, opening_float=money(opening_float)), actor).outcome


def pay(
    app: App,
    actor: Actor,
    session: CashSessionOpened,
    *bills: IssuedBill,
    amount: str | None = None,
    tendered: str | None = None,
    channel: str = "cash",
    reference: str = "",
    request_id: str | None = None,
    confirmed: Collection[type[NeedsConfirmation]] = (),
) -> PaymentTaken:
    """Takes one payment for the bills."""
    return app.execute(
        TakePayment(
            request_id=request_id or str(uuid.uuid4()),
            cash_session_id=session.cash_session_id,
            charge_ids=tuple(charge_id for bill in bills for charge_id in bill.charge_ids),
            tenders=(
                TenderGiven(
                    channel=channel,
                    amount=money(amount) if amount is not None else None,
                    tendered=money(tendered) if tendered is not None else None,
                    reference=reference,
                ),
            ),
        ),
        actor,
        confirmed=confirmed,
    ).outcome


def due(app: App, bill: IssuedBill) -> Money:
    """What would settle the bill today."""
    return sum_of(one.due for one in app.read(OpenCharges(bill_ids=(bill.bill_id,)), everything(app)))
