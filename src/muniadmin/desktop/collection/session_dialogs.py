"""Opening a cash desk with its float, closing it by counting each denomination."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QRegularExpressionValidator
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
from muniadmin.desktop.widgets.fields import ComboBox, TextField
from muniadmin.desktop.widgets.focus_ring import WIDTH as RING
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Hairline, Role, Text
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.kernel.errors import NotUnderstood
from muniadmin.kernel.formats import format_money, parse_money
from muniadmin.kernel.i18n import _, pick
from muniadmin.kernel.money import ZERO, Money
from muniadmin.settings.reads import TheProfile

# What two columns of six lines need; more of them scroll.
_COUNT_HEIGHT = 246


class OpenSessionDialog(FormDialog):
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
            self.form,
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
        self.begin(self.float)
        self.float.selectAll()

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


class PiecesField(TextField):
    """How many coins or notes of one denomination. ``times(value)``: × after a value asks for its line, so that lines
    with nothing in them cost no key. ``deserted()`` when the keyboard goes elsewhere."""

    times = Signal(str)
    deserted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(name)
        #: What was counted here when the keyboard came: a value typed over it is not a count.
        self._before = ""
        self.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,5}([.,]\d{0,3})?"), self))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(88)
        self.setPlaceholderText("0")

    @property
    def is_whole(self) -> bool:
        """Whether a number of pieces is typed, or nothing; a value like 0.50 is neither."""
        return not self.text() or self.text().isdecimal()

    def pieces(self) -> int:
        """The number typed, 0 for none."""
        return int(self.text()) if self.text() and self.is_whole else 0

    def take_back(self) -> None:
        """What was typed here was the value of another line: what was counted here stands again."""
        self.setText(self._before)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """× after a value goes to its line."""
        if event.text() and event.text() in "*×xX":
            self.times.emit(self.text())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remembers what is counted here."""
        super().focusInEvent(event)
        self._before = self.text()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tells that the keyboard is elsewhere."""
        super().focusOutEvent(event)
        self.deserted.emit()


class CloseSessionDialog(FormDialog):
    """Counting by denomination; a difference is shown at once and wants an explanation."""

    def __init__(self, page: Page, session: SessionState) -> None:
        self._page, self._session = page, session
        self._shell = page.shell
        self.pieces: dict[int, PiecesField] = {}
        self._sums: dict[int, Text] = {}
        #: Whether it is said that something typed is no number of pieces.
        self._complained = False
        self._counting = QWidget()
        self._grid = QGridLayout(self._counting)
        self._grid.setContentsMargins(RING, RING, 8, RING)
        self._grid.setVerticalSpacing(6)
        self._grid.setHorizontalSpacing(12)
        self._scroller = Scroller(self._counting)
        self.figures = KeyFigures(padding=0)
        self.explanation = TextField(_("Explanation of the difference"))
        self.form = Form()
        self.form.add("explanation", Field(_("Explanation of the difference"), self.explanation))
        super().__init__(
            page,
            _("Close cash desk {desk}").format(desk=session.desk),
            self.form,
            Text(
                _(
                    "Count what is in the drawer, coin by coin and note by note. Enter goes to the next line; "
                    "50 × goes to the line of 50."
                ),
                Role.MUTED,
                wrap=True,
            ),
            self._scroller,
            Hairline(),
            self.figures,
            self.form,
            primary=_("Close the desk"),
            kind=Kind.PRIMARY,
            icon="coins",
            width=720,
        )
        self.primary.set_key("Ctrl+Return")
        self.closed: CashSessionClosed | None = None
        page.read(TheProfile(), then=lambda profile: self._show([d.value for d in profile.denominations]))
        self._refresh()

    def _show(self, values: Sequence[Money]) -> None:
        currency = self._shell.municipality.currency
        # Two columns, so that every line is seen: notes at one side, coins at the other.
        height = (len(values) + 1) // 2
        for place, value in enumerate(sorted(values, reverse=True)):
            side, line = divmod(place, height)
            first = 5 * side
            label = format_money(value, currency, with_code=True)
            field = PiecesField(_("Pieces of {value}").format(value=label))
            field.textChanged.connect(lambda _text: self._refresh())
            field.deserted.connect(partial(self._check, value.minor))
            amount = Text("", Role.MUTED)
            amount.setFixedWidth(96)
            amount.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
            field.times.connect(partial(self._go_to, field))
            self._grid.addWidget(Text(label), line, first)
            self._grid.addWidget(Text("×", Role.MUTED), line, first + 1)
            self._grid.addWidget(field, line, first + 2)
            field.show()  # at once, so that the first can take the keyboard
            self._grid.addWidget(amount, line, first + 3)
            self.pieces[value.minor] = field
            self._sums[value.minor] = amount
        for side in range(2):
            self._grid.setColumnStretch(5 * side, 1)
        self._grid.setColumnMinimumWidth(4, 16)
        self._scroller.setMinimumHeight(min(self._counting.sizeHint().height(), _COUNT_HEIGHT))
        self.adjustSize()
        self._refresh()
        if self.pieces:
            next(iter(self.pieces.values())).setFocus(Qt.FocusReason.TabFocusReason)

    def _go_to(self, left: PiecesField, typed: str) -> None:
        """The line of a value, with what stood there marked; what was counted where the value was typed stays. A value
        that no note or coin has stays, too, marked to be typed anew."""
        try:
            value = parse_money(typed, self._shell.municipality.currency).minor
        except NotUnderstood:
            value = 0
        if value in self.pieces:
            left.take_back()
            self.pieces[value].setFocus(Qt.FocusReason.TabFocusReason)
            self.pieces[value].selectAll()
        else:
            left.selectAll()
            self.say_below(Tone.WARNING, _("There is no note or coin of {value}.").format(value=typed or "0"))

    def _check(self, value: int) -> bool:
        """Whether pieces can be counted by what is typed in a line; else says so, with its edge in red."""
        field = self.pieces[value]
        field.set_problem(not field.is_whole)
        if field.is_whole:
            return True
        self._complained = True
        currency = self._shell.municipality.currency
        self.say_below(
            Tone.WARNING,
            _("“{text}” is no number of pieces of {value}.").format(
                text=field.text(), value=format_money(Money(value), currency, with_code=True)
            ),
            _("Type whole pieces; × after a value goes to its line."),
        )
        return False

    def denominations(self) -> dict[int, int]:
        """The count: {value in minor units: pieces}."""
        return {value: field.pieces() for value, field in self.pieces.items() if field.pieces()}

    def dirty(self) -> bool:
        """A count is work: it is not lost without asking."""
        return any(field.text() for field in self.pieces.values()) or not self.explanation.is_blank()

    def _refresh(self) -> None:
        for value, field in self.pieces.items():
            if field.is_whole:
                field.set_problem(False)
            amount = Money(value * field.pieces())
            self._sums[value].setText(self._shell.amount(amount) if amount else "")
        if self._complained and all(field.is_whole for field in self.pieces.values()):
            self._complained = False
            self.say_nothing_below()
        money = counted(self.denominations())
        difference = money - self._session.cash_expected
        tone = Tone.GOOD if not difference else Tone.BAD
        # Too much is no less a difference than too little: the sign tells which.
        more = "+" if difference > ZERO else ""
        self.figures.set_figures(
            [
                (_("Expected"), self._shell.amount(self._session.cash_expected, code=True)),
                (_("Counted"), self._shell.amount(money, code=True)),
                (_("Difference"), more + self._shell.amount(difference, code=True), tone),
            ]
        )
        self.form.fields["explanation"].setVisible(bool(difference))

    def submit(self) -> None:
        """Closes the desk with the count, if all of it is one."""
        wrong = next((value for value in self.pieces if not self._check(value)), None)
        if wrong is not None:
            self.pieces[wrong].setFocus(Qt.FocusReason.OtherFocusReason)
            self.pieces[wrong].selectAll()
            return
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
        """Enter in a count goes to the next line; from the last line, and with Ctrl from any, it closes the desk."""
        here = self.focusWidget()
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        with_control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if entered and not with_control and isinstance(here, PiecesField) and here is not self._last():
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _last(self) -> PiecesField | None:
        return next(reversed(self.pieces.values()), None)

    def _closed(self, closed: CashSessionClosed) -> None:
        self.closed = closed
        self.accept()
