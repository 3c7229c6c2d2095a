"""What is to be paid: all that is ticked, or another amount."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import IconButton
from muniadmin.desktop.widgets.forms import Field
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.kernel.errors import FieldMissing
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import ZERO, Money


class AmountToPay(QWidget):
    """The sum that is due; in its place a field once somebody wants to pay another. ``changed()`` when it was typed."""

    changed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        currency = shell.municipality.currency
        self.due = ZERO
        self.label = Text(_("To pay"), Role.MUTED)
        self.figure = Text("", Role.AMOUNT)
        self.figure.setMinimumHeight(44)
        unit = Text(currency.code, Role.UNIT)
        self.another = IconButton("pencil", _("Pay another amount"), key="Ctrl+E", size=28)
        self.another.clicked.connect(self.begin_part)
        self.other = MoneyEdit(_("Amount to pay"), currency, scale="large")
        self.other.changed.connect(lambda _amount: self.changed.emit())
        self.other_field = Field(_("Amount to pay"), self.other)
        self.other_field.hide()
        self._whole = QWidget()
        figures = row(self.figure, unit, None, self.another, spacing=10)
        figures.setAlignment(unit, Qt.AlignmentFlag.AlignBottom)
        unit.setContentsMargins(0, 0, 0, 7)
        self._whole.setLayout(figures)
        self.setLayout(column(self.label, self._whole, self.other_field, spacing=0))

    @property
    def is_part(self) -> bool:
        """Whether another amount is to be paid."""
        return not self.other_field.isHidden()

    @property
    def part(self) -> Money | None:
        """The other amount, if there is one."""
        return self.other.money() if self.is_part else None

    @property
    def wanted(self) -> Money:
        """What is to be paid."""
        return self.part or self.due

    @property
    def is_whole(self) -> bool:
        """Whether all that is due is paid, whatever it comes to when the payment is carried out."""
        return self.wanted == self.due

    def show_due(self, due: Money) -> None:
        """Another sum is due."""
        self.due = due
        self.figure.setText(self._shell.amount(due))

    def say_label(self) -> None:
        """What is due stays in view while another amount is typed in its place."""
        due = f" · {self._shell.amount(self.due, code=True)}" if self.is_part else ""
        self.label.setText(f"{_('To pay')}{due}")

    def say_taken(self, words: str, amount: Money) -> None:
        """What was received, in the place of what is to be paid."""
        self.label.setText(words)
        self.figure.setText(self._shell.amount(amount))

    def begin_part(self) -> None:
        """Lets another amount be paid than all that is due."""
        self.show_part(self.other.money() or self.due)
        self.take_focus()
        self.changed.emit()

    def show_part(self, amount: Money) -> None:
        """Another amount is to be paid."""
        self._whole.hide()
        self.other_field.show()
        self.other.set_money(amount)

    def clear(self) -> None:
        """All that is due is to be paid."""
        self.other_field.hide()
        self._whole.show()
        self.other.clear()
        self.other_field.show_problem(None)

    def check(self) -> bool:
        """Whether there is an amount to pay; else that is said beside its field. Nothing is no part, nor the whole."""
        if not self.is_part:
            return True
        if not self.other_field.check():
            return False
        if not self.part:
            self.other_field.show_problem(FieldMissing())
            self.take_focus()
            return False
        return True

    def take_focus(self) -> None:
        """The keyboard goes to the other amount."""
        self.other.setFocus(Qt.FocusReason.OtherFocusReason)
        self.other.selectAll()
