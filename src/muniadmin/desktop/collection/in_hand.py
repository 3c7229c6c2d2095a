"""The citizen in hand, on the screen: what they owe is asked for, listed and ticked, and dropped when they go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from muniadmin.billing.reads import Balance, OpenCharge, TaxpayerBalance
from muniadmin.desktop.collection.citizen import Citizen
from muniadmin.desktop.collection.payer_view import PayerView
from muniadmin.desktop.collection.payment_panel import PaymentPanel
from muniadmin.desktop.shell.navigation import Page
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import total
from muniadmin.taxpayers.reads import Taxpayer360, TaxpayerDetail

# What they owe, what is open of papers of others, who they are, what is held for them: the keys of what is asked.
_KEYS = ("debts", "papers", "head", "balance")


class InHand(QObject):
    """There is one at a time, and every answer belongs to them. It is dropped when they are let go, and when it was
    asked anew; while they wait behind a search or a payment (``is_shown`` says not), it changes nothing on the screen,
    and is asked again when they come back.

    ``listed(somewhere)`` when debts are listed; ``somewhere`` says that the keyboard has a place among them.
    """

    listed = Signal(bool)

    def __init__(
        self, page: Page, view: PayerView, panel: PaymentPanel, is_shown: Callable[[], bool]
    ) -> None:
        super().__init__(page)
        self._page, self._view, self._panel, self._is_shown = page, view, panel, is_shown
        self.citizen = Citizen()
        view.ticked_changed.connect(self._on_ticked)

    # --- who it is --------------------------------------------------------------------------------------------

    def begin(self, citizen: Citizen, known: Taxpayer360 | None = None) -> None:
        """Somebody is at the counter, and whoever was before is not any more; what is known of them is not asked."""
        self._show_nobody()
        self.citizen = citizen
        self._ask_who(known)
        self.ask()

    def put_aside(self) -> None:
        """Somebody else is looked at; whoever is in hand waits behind."""
        self.citizen.put_aside(self._view.ticked, self._panel.typed())
        self._show_nobody()

    def come_back(self) -> None:
        """They are as they were when they were put aside."""
        self._ask_who()
        self.ask()

    def as_it_is(self) -> Citizen:
        """Who is in hand, what is ticked and typed, to be taken up again."""
        citizen = replace(self.citizen)
        citizen.put_aside(self._view.ticked, self._panel.typed())
        return citizen

    def add(self, papers: Mapping[int, str], asked_for: Sequence[str]) -> None:
        """Lists papers beside what is in hand; what is due of those ``asked_for`` is ticked."""
        self.citizen.add(papers, asked_for)
        self.ask()

    @property
    def would_lose(self) -> bool:
        """Whether letting go of them would lose what somebody typed or put together."""
        typed = self.citizen.typed if self.citizen.fresh else self._panel.typed()
        return bool(self.citizen and (typed or self.citizen.is_basket))

    def _show_nobody(self) -> None:
        self._page.drop(*_KEYS)
        self._view.clear()
        self._panel.clear()

    def _ask_who(self, known: Taxpayer360 | None = None) -> None:
        self._view.head.show_credit(None)
        self._view.head.show_owed(None)
        if known is not None:
            self._show_who(known)
        elif self.citizen.taxpayer_id is not None:
            who = TaxpayerDetail(taxpayer_id=self.citizen.taxpayer_id)
            self._page.read(who, then=self._show_who, key="head")

    def _show_who(self, taxpayer: Taxpayer360) -> None:
        self._view.head.show_taxpayer(taxpayer)
        self._panel.show_payer(taxpayer.name)

    # --- what they owe ----------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Asks what they owe, and what is open of the papers of others; ticks and typed amounts stay."""
        questions = self.citizen.questions()
        answers: dict[str, list[OpenCharge]] = {}

        def answered(key: str, found: list[OpenCharge]) -> None:
            answers[key] = found
            if len(answers) == len(questions):
                self._show({debt.charge_id: debt for key in questions for debt in answers[key]})

        for key, question in questions.items():
            self._page.read(question, then=partial(answered, key), failed=self._not_listed, key=key)
        if self.citizen.taxpayer_id is not None:
            balance = TaxpayerBalance(taxpayer_id=self.citizen.taxpayer_id)
            self._page.read(balance, then=self._show_credit, key="balance")

    def _not_listed(self, problem: UserError) -> None:
        self._page.notice.show_error(problem, action=(_("Reload"), self.ask))

    def _show_credit(self, balance: Balance) -> None:
        if self._is_shown():
            self._view.head.show_credit(balance)

    def _show(self, answer: Mapping[int, OpenCharge]) -> None:
        if not self._is_shown():
            return
        citizen = self.citizen
        found = citizen.arrange(answer.values())
        ticked = citizen.to_tick(found, self._view.ticked)
        fresh, brought, typed = citizen.fresh, citizen.unlisted, citizen.typed
        citizen.were_listed()
        if citizen.taxpayer_id is None and found:
            self._view.head.show_debtor(found[0])
            self._panel.show_payer(found[0].name)
        if citizen.taxpayer_id is not None:
            own = (debt.due for debt in found if debt.taxpayer_id == citizen.taxpayer_id)
            self._view.head.show_owed(total(own))
        self._view.show_debts(found, ticked, brought, citizen.account_id, keep=not fresh)
        if fresh:
            self._panel.begin(typed)
        elif brought:
            self._panel.go_on()
        self.listed.emit(bool(ticked) or not (fresh or brought))

    def _on_ticked(self) -> None:
        chosen = self._view.ticked
        due = total(debt.due for debt in chosen)
        self._panel.show_due(due, len(chosen), listed=self._view.rows > 0)
