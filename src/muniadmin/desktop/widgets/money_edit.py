"""A field for an amount: typed freely, shown as the language writes amounts as soon as it is left."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.paint import on_screen
from muniadmin.kernel.errors import NotUnderstood, UserError
from muniadmin.kernel.formats import format_money, parse_money
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.money import Currency, Money


class NegativeAmount(UserError):
    """An amount below zero where there is none."""

    message = N_("The amount cannot be negative.")
    hint = N_("Type it without a minus sign.")


class MoneyEdit(TextField):
    """An amount in the municipality's currency. ``money()`` is None while the field is empty or not understood."""

    changed = Signal(object)

    def __init__(
        self,
        name: str,
        currency: Currency,
        *,
        scale: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, scale=scale, parent=parent)
        self._currency = currency
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # Amounts are written left to right in every language.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.textEdited.connect(lambda _text: self.changed.emit(self.money()))

    def money(self) -> Money | None:
        """What is typed, or None."""
        try:
            return self.checked_money()
        except UserError:
            return None

    def checked_money(self) -> Money | None:
        """What is typed, None when nothing is; raises the UserError to show when it is no amount."""
        if self.is_blank():
            return None
        try:
            amount = parse_money(self.text(), self._currency)
        except NotUnderstood as problem:
            raise AmountNotUnderstood(text=self.text().strip()) from problem
        if amount.minor < 0:
            raise NegativeAmount
        return amount

    def set_money(self, amount: Money | None) -> None:
        """Shows an amount, without a word to anybody."""
        self.setText("" if amount is None else on_screen(format_money(amount, self._currency)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Marks the amount, so that typing replaces it."""
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Writes the amount as the language does."""
        super().focusOutEvent(event)
        amount = self.money()
        if amount is not None:
            self.set_money(amount)


class AmountNotUnderstood(UserError):
    """Text that is no amount."""

    message = N_("“{text}” is not an amount.")
    hint = N_("Type figures, for example 1250 or 1250,50.")
