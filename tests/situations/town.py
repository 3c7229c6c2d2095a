"""A town in which a situation is told day by day, through the services; every amount in its currency."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import text

from muniadmin.access.commands import Approval
from muniadmin.app import App
from muniadmin.billing.decisions import Grounds
from muniadmin.billing.loading import load_books
from muniadmin.billing.models import Charge
from muniadmin.billing.queries import standings_of
from muniadmin.billing.reads import AccountStatement, OpenCharge, OpenCharges, Statement
from muniadmin.billing.services import (
    Debtor,
    HeadSpec,
    IssuedBill,
    NewBill,
    account_ids,
    install_heads,
    issue_bill,
    set_rule,
)
from muniadmin.billing.standing import Instalment
from muniadmin.collection.commands import (
    CancelReceipt,
    CashSessionOpened,
    EnterStub,
    OpenCashSession,
    PaymentTaken,
    ReturnTender,
    TakePayment,
    TenderGiven,
    TenderReturned,
)
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.collection.plan import PaymentOrder, Wanted, plan_payment
from muniadmin.collection.points import BANK_POINT, STUBS_POINT
from muniadmin.collection.services import book_payments
from muniadmin.kernel.money import ZERO, Money, total
from muniadmin.kernel.permissions import Role
from muniadmin.ledger.reads import TrialBalance
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work
from tests.builders import a_taxpayer, everything, money
from tests.soundness import ensure_sound
from tests.towns import PASSWORD, TownClock, actor_with, user_name

MOROCCO = {"once": "0.10", "first_month": "0.05", "month": "0.005"}
"""Law 47-06, article 147."""

WHY = Grounds(reason="as the file says", document="file 12/2027")
DESK = 3


class Town:
    """Fès from 4 January 2027 on, with a revenue head "X" whose rules are the situation's own."""

    def __init__(self, app: App, clock: TownClock) -> None:
        self.app, self._clock = app, clock
        self._session: CashSessionOpened | None = None
        self.on(2027, 1, 4)

    def on(self, year: int, month: int, day: int) -> date:
        """Nine in the morning of a later day."""
        self._clock.instant = datetime(year, month, day, 8, tzinfo=UTC)
        return date(year, month, day)

    @contextmanager
    def order(self) -> Iterator[UnitOfWork]:
        """One order of the revenue office."""
        with unit_of_work(
            self.app.database,
            actor=everything(self.app),
            now=self._clock.now(),
            municipality=self.app.municipality,
        ) as uow:
            yield uow

    # --- what is owed -----------------------------------------------------------------------------------------

    def head(self, code: str = "X", *, kind: str = "tax", penalty: Mapping[str, Any] | None = None) -> None:
        """A revenue head with its penalty rule."""
        with self.order() as uow:
            spec = HeadSpec(
                code=code,
                names={"en": f"Head {code}", "fr": f"Nature {code}"},
                kind=kind,
                periodicity="yearly",
                object_kind=None,
                due_rule={},
                penalty_rule=penalty or {},
            )
            install_heads(uow, [spec])

    def rule(self, kind: str, spec: Mapping[str, Any], code: str = "X") -> None:
        """Another rule of a head, from the start of the year on."""
        with self.order() as uow:
            set_rule(uow, code, kind, spec, since=date(2027, 1, 1))

    def account(self, name: str) -> int:
        """A taxpayer's account."""
        taxpayer_id = a_taxpayer(self.app, name)
        with self.order() as uow:
            return account_ids(uow, [Debtor(taxpayer_id=taxpayer_id)])[0]

    def debtor(self, account_id: int) -> Debtor:
        """Whose account it is."""
        ((taxpayer_id,),) = self.rows(f"SELECT taxpayer_id FROM account WHERE id = {account_id}")
        return Debtor(taxpayer_id=taxpayer_id)

    def bill(self, account: int, *instalments: tuple[date, str], head: str = "X", **more: Any) -> IssuedBill:
        """A bill issued today: (due day, amount) for each instalment."""
        parts = [(due_on, money(amount).minor) for due_on, amount in instalments]
        facts: dict[str, Any] = {
            "head_code": head,
            "period": "2027",
            "kind": "hand",
            "instalments": parts,
            "lines": [{"what": "As assessed", "amount": sum(amount for _due_on, amount in parts)}],
            "debtor": self.debtor(account),
        }
        with self.order() as uow:
            return issue_bill(uow, NewBill(**{**facts, **more}))

    # --- money ------------------------------------------------------------------------------------------------

    @property
    def session(self) -> CashSessionOpened:
        """The desk, opened with an empty till when it is first used."""
        if self._session is None:
            cashier = actor_with(self.app, Role.CLERK)
            self._session = self.app.execute(OpenCashSession(desk=DESK, opening_float=ZERO), cashier).outcome
        return self._session

    def pay(
        self,
        charges: Sequence[int],
        *tenders: tuple[str, str],
        rest: int | None = None,
        payer: str = "",
    ) -> PaymentTaken:
        """Taken at the desk: (channel, amount) each, or all that is owed in cash; what is too much is held."""
        given = tuple(
            TenderGiven(
                channel=channel, amount=money(amount), reference="" if channel == "cash" else _reference()
            )
            for channel, amount in tenders
        )
        return self.app.execute(
            TakePayment(
                request_id=str(uuid.uuid4()),
                cash_session_id=self.session.cash_session_id,
                charge_ids=tuple(charges),
                tenders=given or (TenderGiven(),),
                rest_account_id=rest,
                payer=payer,
            ),
            actor_with(self.app, Role.CLERK),
            confirmed=[AmountExceedsDebts],
        ).outcome

    def cash(self, charges: Sequence[int], amount: str, **more: Any) -> PaymentTaken:
        """Taken at the desk in cash."""
        return self.pay(charges, ("cash", amount), **more)

    def cheque(self, charges: Sequence[int], amount: str, **more: Any) -> PaymentTaken:
        """Taken at the desk by cheque."""
        return self.pay(charges, ("cheque", amount), **more)

    def bank(
        self, charges: Sequence[int], amount: str, value_on: date, account: int, reference: str = ""
    ) -> PaymentTaken:
        """A line of the bank's file, booked today; it counts from a day gone by."""
        with self.order() as uow:
            books = load_books(uow, account_ids=[account], bill_ids=self._bills(charges), whole=True)
            tender = TenderGiven(
                channel="transfer", amount=money(amount), reference=reference or _reference()
            )
            plan = plan_payment(
                books,
                Wanted(
                    charge_ids=charges,
                    tenders=[tender],
                    value_on=value_on,
                    point=BANK_POINT,
                    rest_account_id=account,
                ),
                uow.municipality.currency,
            )
            (taken,) = book_payments(
                uow,
                [PaymentOrder(request_id=str(uuid.uuid4()), point=BANK_POINT, plan=plan, payer="by bank")],
            )
            return taken

    def stub(self, charges: Sequence[int], amount: str, value_on: date, number: int = 112) -> PaymentTaken:
        """A receipt of the stub book S-07, entered today; what is too much is held."""
        order = EnterStub(
            request_id=str(uuid.uuid4()),
            point=STUBS_POINT,
            book="S-07",
            number=number,
            value_on=value_on,
            charge_ids=tuple(charges),
            amount=money(amount),
        )
        return self.app.execute(order, everything(self.app), confirmed=[AmountExceedsDebts]).outcome

    def tender(self, taken: PaymentTaken, channel: str) -> int:
        """The tender of a payment."""
        ((tender_id,),) = self.rows(
            f"SELECT id FROM tender WHERE payment_id = {taken.payment_id} AND channel = '{channel}'"
        )
        return int(tender_id)

    def return_tender(self, taken: PaymentTaken, channel: str = "cheque", fee: str = "0") -> TenderReturned:
        """The bank sends a tender back."""
        order = ReturnTender(tender_id=self.tender(taken, channel), reason="no cover", fee=money(fee))
        return self.app.execute(order, everything(self.app)).outcome

    def cancel(self, taken: PaymentTaken) -> None:
        """The whole receipt, in its session, with the supervisor's signature."""
        order = CancelReceipt(
            number=taken.receipt_number,
            reason="entered wrongly",
            approval=Approval(user_name=user_name(Role.SUPERVISOR), password=PASSWORD),
        )
        self.app.execute(order, actor_with(self.app, Role.CLERK))

    # --- looking ----------------------------------------------------------------------------------------------

    def at(self, charge_id: int, on: date | None = None, known: date | None = None) -> Instalment:
        """Where an instalment stands on a day, as known on a day."""
        with self.order() as uow:
            bill_id = uow.session.get_one(Charge, charge_id).bill_id
            (found,) = standings_of(uow, [bill_id], on=on, known=known).values()
            return next(one for one in found if one.charge.id == charge_id)

    def owed(self, charge_id: int, on: date | None = None, known: date | None = None) -> Money:
        """What would settle it."""
        return Money(self.at(charge_id, on, known).owed)

    def open(self, **request: Any) -> list[OpenCharge]:
        """The counter's list."""
        return self.app.read(OpenCharges(**request), everything(self.app))

    def statement(self, account: int, on: date | None = None, known: date | None = None) -> Statement:
        """The account's statement."""
        return self.app.read(AccountStatement(account_id=account, on=on, known=known), everything(self.app))

    def credit(self, account: int) -> Money:
        """What is held for an account."""
        return total(
            _money(row[0])
            for row in self.rows(f"SELECT credit FROM account_now WHERE account_id = {account}")
        )

    def balance(self, account: int) -> Money:
        """What an account owes as booked, less what is held for it."""
        return total(
            _money(row[0])
            for row in self.rows(f"SELECT owed - credit FROM account_now WHERE account_id = {account}")
        )

    def settled(self, charge_id: int) -> list[tuple[str, str, date]]:
        """Every settlement of a charge in the order of booking: amount, by what, value day."""
        found = self.rows(
            "SELECT s.amount, CASE WHEN s.tender_id IS NOT NULL THEN 'money' "
            "WHEN s.credit_id IS NOT NULL THEN 'credit' ELSE d.kind END, s.value_on "
            "FROM settlement s LEFT JOIN decision d ON d.id = s.decision_id "
            f"WHERE s.charge_id = {charge_id} ORDER BY s.id"
        )
        return [(f"{amount / 100:.2f}", source, _date(value_on)) for amount, source, value_on in found]

    def charges(self, bill: IssuedBill) -> list[tuple[int, str, str]]:
        """Every charge of a bill: id, kind, amount."""
        return [
            (charge_id, kind, f"{amount / 100:.2f}")
            for charge_id, kind, amount in self.rows(
                f"SELECT id, kind, amount FROM charge WHERE bill_id = {bill.bill_id} ORDER BY id"
            )
        ]

    def ledger(self) -> dict[str, Money]:
        """The balance of each ledger account that has one."""
        rows = self.app.read(TrialBalance(), everything(self.app))
        return {row.code: row.balance for row in rows if row.balance}

    def books(self, action: Callable[[], Any]) -> dict[str, str]:
        """What an action changes in the ledger: {account: amount}; debits are positive."""
        before = self.ledger()
        action()
        after = self.ledger()
        changed = {code: after.get(code, ZERO) - before.get(code, ZERO) for code in sorted({*before, *after})}
        return {code: f"{amount.minor / 100:.2f}" for code, amount in changed.items() if amount}

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What is stored."""
        with self.app.database.connect_to_read() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def ensure_sound(self) -> None:
        """Nothing is wrong with the database, and the ledger balances."""
        ensure_sound(self.app)

    def _bills(self, charges: Sequence[int]) -> list[int]:
        ids = ", ".join(map(str, charges)) or "0"
        return [row[0] for row in self.rows(f"SELECT DISTINCT bill_id FROM charge WHERE id IN ({ids})")]


def _reference() -> str:
    return uuid.uuid4().hex[:12]


def _money(value: Any) -> Money:
    return Money(int(value))


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
