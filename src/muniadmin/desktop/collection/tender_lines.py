"""The means of payment that are counted already, while the clerk enters the next one."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from muniadmin.collection.commands import TenderGiven
from muniadmin.collection.rules import CHANNEL_NAMES
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import IconButton
from muniadmin.desktop.widgets.labels import ElidedText, Role, Text
from muniadmin.desktop.widgets.layouts import clear, column, row
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import ZERO, Money, total


class TenderLines(QWidget):
    """One line for each: channel, reference, amount, and a cross. ``changed`` when one was taken away."""

    changed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._given: list[TenderGiven] = []
        self._lines = column(spacing=2)
        self.setLayout(self._lines)
        self.set_given(())

    @property
    def given(self) -> tuple[TenderGiven, ...]:
        """The means entered so far, each with its amount."""
        return tuple(self._given)

    @property
    def amount(self) -> Money:
        """What they come to."""
        return total(one.amount for one in self._given if one.amount is not None)

    def set_given(self, given: Sequence[TenderGiven]) -> None:
        """Other means."""
        self._given = list(given)
        clear(self._lines)
        for place, one in enumerate(self._given):
            self._lines.addWidget(self._line(place, one))
        self.setVisible(bool(self._given))

    def add(self, tender: TenderGiven) -> None:
        """One more at the end."""
        self.set_given([*self._given, tender])

    def _line(self, place: int, one: TenderGiven) -> QWidget:
        channel = _(CHANNEL_NAMES[one.channel])
        amount = self._shell.amount(one.amount or ZERO)
        gone = IconButton(
            "x", _("Take {channel} {amount} away").format(channel=channel, amount=amount), size=26
        )
        gone.clicked.connect(lambda: self._take_away(place))
        line = QWidget()
        parts = row(Text(channel), spacing=8)
        parts.addWidget(ElidedText(one.reference, Role.MUTED), 1)
        parts.addWidget(Text(amount, Role.STRONG))
        parts.addWidget(gone)
        line.setLayout(parts)
        return line

    def _take_away(self, place: int) -> None:
        self.set_given([one for at, one in enumerate(self._given) if at != place])
        self.changed.emit()
