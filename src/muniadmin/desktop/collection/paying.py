"""A payment on its way into the till."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from muniadmin.billing.reads import OpenCharge
from muniadmin.collection.commands import TakePayment
from muniadmin.collection.errors import CashSessionIsClosed
from muniadmin.collection.reads import MySession, SessionState
from muniadmin.desktop.collection.till import Till
from muniadmin.desktop.collection.typed import WantedPayment
from muniadmin.desktop.shell.navigation import Page
from muniadmin.kernel.errors import UserError


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
            self._page.run(
                TakePayment(
                    request_id=wanted.request_id,
                    cash_session_id=session.cash_session_id,
                    charge_ids=tuple(debt.charge_id for debt in oldest_first),
                    tenders=wanted.tenders,
                    payer=wanted.payer,
                    rest_account_id=rest_account_id,
                ),
                then=self._take,
                failed=self._refuse,
                undone=self._undo,
            )

        if self._till.session is not None:
            at(self._till.session)
        else:
            # How the till stands is not known yet, or could not be asked: the payment waits for the answer.
            self._page.read(MySession(), then=at, failed=self._refuse, undone=self._undo)

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
