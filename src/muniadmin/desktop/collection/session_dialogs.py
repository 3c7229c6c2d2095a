"""Opening a cash desk with its float, closing it by counting each denomination."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from muniadmin.collection.commands import (
    CashSessionClosed,
    CashSessionOpened,
    CloseCashSession,
    OpenCashSession,
)
from muniadmin.collection.reads import CashDesks, DeskRow, SessionState
from muniadmin.collection.rules import counted
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.buttons import Kind
from muniadmin.desktop.widgets.cards import Scroller
from muniadmin.desktop.widgets.detail import KeyFigures
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.fields import ComboBox, TextField
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Hairline, Role, Text
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_money
from muniadmin.kernel.i18n import _, pick
from muniadmin.kernel.money import ZERO, Money
from muniadmin.settings.reads import TheProfile


class OpenSessionDialog(Dialog):
    """Which desk, and what lies in its drawer."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._preferences = Preferences()
        self.form = Form()
        self.desk: ComboBox[int] = ComboBox(_("Cash desk"))
        self.float = MoneyEdit(_("Float"), page.shell.municipality.currency)
        self.float.set_money(ZERO)
        self.form.add("desk", Field(_("Cash desk"), self.desk, required=True))
        self.form.add(
            "opening_float",
            Field(
                page.shell.with_currency(_("Float")), self.float, required=True,
                hint=_("The money in the drawer before the first citizen."),
            ),
        )  # fmt: skip
        super().__init__(
            page,
            _("Open the cash desk"),
            Text(_("The session is in your name until you close and count it."), Role.MUTED, wrap=True),
            self.form,
            primary=_("Open the desk"),
            icon="wallet",
        )
        page.read(CashDesks(), then=self._show_desks, failed=self.refuse)

    def _show_desks(self, desks: Sequence[DeskRow]) -> None:
        free = [desk for desk in desks if desk.active and desk.open_session_id is None]
        self.desk.set_choices([(desk.number, pick(desk.names)) for desk in free])
        if self._preferences.desk in [desk.number for desk in free]:
            self.desk.set_value(self._preferences.desk)
        self.float.setFocus(Qt.FocusReason.TabFocusReason)

    def submit(self) -> None:
        """Opens the desk."""
        desk = self.desk.value()
        if not self.form.check() or desk is None:
            return
        self.primary.setEnabled(False)
        self._page.run(
            OpenCashSession(desk=desk, opening_float=self.float.money() or ZERO),
            then=self._opened,
            failed=self.refuse,
            undone=self.unlock,
        )

    def _opened(self, opened: CashSessionOpened) -> None:
        self._preferences.desk = opened.desk
        self.accept()

    def refuse(self, problem: UserError) -> None:
        """Shows it beside its field, or above."""
        self.primary.setEnabled(True)
        if not self.form.refuse(problem):
            super().refuse(problem)


class PiecesField(TextField):
    """How many coins or notes of one denomination."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setValidator(QIntValidator(0, 99_999, self))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(88)
        self.setPlaceholderText("0")

    def pieces(self) -> int:
        """The number typed, 0 for none."""
        return int(self.text() or 0)


class CloseSessionDialog(Dialog):
    """Counting by denomination; a difference is shown at once and wants an explanation."""

    def __init__(self, page: Page, session: SessionState) -> None:
        self._page, self._session = page, session
        self._shell = page.shell
        self.pieces: dict[int, PiecesField] = {}
        self._sums: dict[int, Text] = {}
        self._counting = QWidget()
        self._grid = QGridLayout(self._counting)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setVerticalSpacing(6)
        self._grid.setHorizontalSpacing(16)
        self._grid.setColumnStretch(0, 1)
        self._scroller = Scroller(self._counting)
        self._scroller.setMinimumHeight(250)
        self.figures = KeyFigures(padding=0)
        self.explanation = TextField(_("Explanation of the difference"))
        self.form = Form()
        self.form.add("explanation", Field(_("Explanation of the difference"), self.explanation))
        super().__init__(
            page,
            _("Close cash desk {desk}").format(desk=session.desk),
            Text(_("Count what is in the drawer, coin by coin and note by note."), Role.MUTED, wrap=True),
            self._scroller,
            Hairline(),
            self.figures,
            self.form,
            primary=_("Close the desk"),
            kind=Kind.PRIMARY,
            icon="coins",
            width=520,
        )
        self.closed: CashSessionClosed | None = None
        page.read(TheProfile(), then=lambda profile: self._show([d.value for d in profile.denominations]))
        self._refresh()

    def _show(self, values: Sequence[Money]) -> None:
        currency = self._shell.municipality.currency
        for line, value in enumerate(sorted(values, reverse=True)):
            label = format_money(value, currency, with_code=True)
            field = PiecesField(_("Pieces of {value}").format(value=label))
            field.textChanged.connect(lambda _text: self._refresh())
            amount = Text("", Role.MUTED)
            amount.setFixedWidth(110)
            amount.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(Text(label), line, 0)
            self._grid.addWidget(Text("×", Role.MUTED), line, 1)
            self._grid.addWidget(field, line, 2)
            field.show()  # at once, so that the first can take the keyboard
            self._grid.addWidget(amount, line, 3)
            self.pieces[value.minor] = field
            self._sums[value.minor] = amount
        self._refresh()
        if self.pieces:
            next(iter(self.pieces.values())).setFocus(Qt.FocusReason.TabFocusReason)

    def denominations(self) -> dict[int, int]:
        """The count: {value in minor units: pieces}."""
        return {value: field.pieces() for value, field in self.pieces.items() if field.pieces()}

    def dirty(self) -> bool:
        """A count is work: it is not lost without asking."""
        return bool(self.denominations())

    def _refresh(self) -> None:
        for value, field in self.pieces.items():
            amount = Money(value * field.pieces())
            self._sums[value].setText(self._shell.amount(amount) if amount else "")
        money = counted(self.denominations())
        difference = money - self._session.cash_expected
        tone = Tone.GOOD if not difference else Tone.BAD
        self.figures.set_figures(
            [
                (_("Expected"), self._shell.amount(self._session.cash_expected, code=True)),
                (_("Counted"), self._shell.amount(money, code=True)),
                (_("Difference"), self._shell.amount(difference, code=True), tone),
            ]
        )
        self.form.fields["explanation"].setVisible(bool(difference))

    def submit(self) -> None:
        """Closes the desk with the count."""
        self.primary.setEnabled(False)
        self._page.run(
            CloseCashSession(
                cash_session_id=self._session.cash_session_id,
                denominations=self.denominations(),
                explanation=self.explanation.text().strip(),
            ),
            then=self._closed,
            failed=self.refuse,
            undone=self.unlock,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a count goes to the next line; it closes the desk from the last one only."""
        here = self.focusWidget()
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if entered and isinstance(here, PiecesField) and here is not self._last():
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _last(self) -> PiecesField | None:
        return next(reversed(self.pieces.values()), None)

    def _closed(self, closed: CashSessionClosed) -> None:
        self.closed = closed
        self.accept()

    def refuse(self, problem: UserError) -> None:
        """Shows it beside its field, or above."""
        self.primary.setEnabled(True)
        if not self.form.refuse(problem):
            super().refuse(problem)
