"""A payment on its way into the till."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from muniadmin.billing.reads import OpenCharge
from muniadmin.collection.commands import TakePayment
from muniadmin.collection.errors import CashSessionIsClosed
from muniadmin.collection.reads import MySession, SessionState
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.collection.typed import WantedPayment
from muniadmin.desktop.shell.navigation import Page
from muniadmin.kernel.errors import DatabaseUnreachable, UserError
from muniadmin.kernel.i18n import N_


class PaymentUnanswered(UserError):
    """The database was lost while it was asked to take a payment."""

    message = N_("The database gave no answer: whether the payment was taken is not known.")
    hint = N_("Take it again as soon as the database can be reached: it is taken once only.")


class Paying(QObject):
    """One payment at a time. It ends by ``taken(PaymentTaken)``, ``refused(UserError)``, or ``undone()`` when nothing
    came of it and the user knows why."""

    taken = Signal(object)
    refused = Signal(object)
    undone = Signal()

    def __init__(self, page: Page, till: Till) -> None:
        super().__init__(page)
        self._page, self._till = page, till
        self.under_way = False

    def send(self, wanted: WantedPayment, debts: Sequence[OpenCharge], rest_account_id: int | None) -> None:
        """Pays debts, the oldest first; what is left over is kept for an account."""
        self.under_way = True
        oldest_first = sorted(debts, key=lambda debt: (debt.due_on, debt.bill_id, debt.part))

        def at(session: SessionState | None) -> None:
            if session is None:
                self._refuse(CashSessionIsClosed())
                return
            order = TakePayment(
                request_id=wanted.request_id,
                cash_session_id=session.cash_session_id,
                charge_ids=tuple(debt.charge_id for debt in oldest_first),
                tenders=wanted.tenders,
                payer=wanted.payer,
                rest_account_id=rest_account_id,
            )
            self._order(order, unanswered=partial(self._order, order, unanswered=self._refuse_unanswered))

        if self._till.session is not None:
            at(self._till.session)
        else:
            # How the till stands is not known yet, or could not be asked: the payment waits for the answer.
            self._page.read(MySession(), then=at, failed=self._refuse, undone=self._undo)

    def _order(self, order: TakePayment, *, unanswered: Callable[[], object]) -> None:
        """Sends the order. Where the database was lost before it answered nobody knows whether the payment was taken:
        the same order is asked once more, which is carried out once only."""

        def refused(problem: UserError) -> None:
            if isinstance(problem, DatabaseUnreachable):
                unanswered()
            else:
                self._refuse(problem)

        self._page.run(order, then=self._take, failed=refused, undone=self._undo)

    def _refuse_unanswered(self) -> None:
        self._refuse(PaymentUnanswered())

    def _take(self, taken: object) -> None:
        self.under_way = False
        self.taken.emit(taken)

    def _refuse(self, problem: UserError) -> None:
        self.under_way = False
        if isinstance(problem, CashSessionIsClosed):
            # It was closed elsewhere: the till that is shown is another one, and can be opened.
            self._till.ask()
        self.refused.emit(problem)

    def _undo(self) -> None:
        self.under_way = False
        self.undone.emit()
