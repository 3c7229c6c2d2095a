"""A computation line by line: what, how, and the amount."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import clear, column, row
from muniadmin.kernel.money import Money


class Line(Protocol):
    """One line of a computation in words."""

    @property
    def what(self) -> str:
        """What it is."""

    @property
    def computation(self) -> str:
        """How it is found."""

    @property
    def amount(self) -> Money | None:
        """What it comes to; None when it only prepares the next lines."""


class ComputationLines(QWidget):
    """The lines of a bill, so that anybody can redo them."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._lines = column(spacing=10)
        self.setLayout(self._lines)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Another computation."""
        clear(self._lines)
        for line in lines:
            words = column(Text(line.what, wrap=True), spacing=0)
            if line.computation:
                words.addWidget(Text(line.computation, Role.MUTED, wrap=True))
            entry = row(spacing=12)
            entry.addLayout(words, 1)
            if line.amount is not None:
                amount = Text(self._shell.amount(line.amount), Role.STRONG)
                entry.addWidget(amount, 0, Qt.AlignmentFlag.AlignTop)
            self._lines.addLayout(entry)
