"""The instalments of a bill: when each is due, its amount, what is left of it and its state."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from muniadmin.billing.reads import InstalmentRow
from muniadmin.desktop.assessment.words import BILL_STATES
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.labels import Pill, Role, Text
from muniadmin.desktop.widgets.layouts import clear
from muniadmin.kernel.i18n import _

_START = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
_END = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


class InstalmentLines(QWidget):
    """One line for each instalment, below the names of its columns."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(3, 1)
        self.setLayout(self._grid)

    def show_instalments(self, instalments: Sequence[InstalmentRow]) -> None:
        """Another bill's."""
        clear(self._grid)
        titles = (_("Due on"), _START), (_("Amount"), _END), (_("Left"), _END), (_("State"), _END)
        for place, (title, side) in enumerate(titles):
            self._grid.addWidget(Text(title, Role.MUTED), 0, place, side)
        for line, one in enumerate(instalments, 1):
            word, tone = BILL_STATES["suspended" if one.left and one.suspended == one.left else one.state]
            self._grid.addWidget(Text(self._shell.day(one.due_on)), line, 0, _START)
            self._grid.addWidget(Text(self._shell.amount(one.amount)), line, 1, _END)
            left = Text(self._shell.amount(one.left), Role.STRONG if one.left else Role.MUTED)
            self._grid.addWidget(left, line, 2, _END)
            self._grid.addWidget(Pill(_(word), tone), line, 3, _END)
