"""What the detail of a row is made of: key figures, label and value rows, a timeline."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import clear, column, row
from muniadmin.kernel.i18n import labelled

# Letters of an amount, a day, a number: they stand on one line, their label may go on on the next.
_FIGURE = 20
_ROLES = {Tone.BAD: Role.BAD, Tone.GOOD: Role.GOOD, Tone.WARNING: Role.WARNING}


class KeyFigures(QWidget):
    """Two to four figures side by side, each below its label."""

    def __init__(
        self, figures: Sequence[tuple[str, str] | tuple[str, str, Tone]] = (), *, padding: int = 16
    ) -> None:
        super().__init__()
        self._line = row(spacing=16, margins=(padding, 14, padding, 14))
        self.setLayout(self._line)
        self.set_figures(figures)

    def set_figures(self, figures: Sequence[tuple[str, str] | tuple[str, str, Tone]]) -> None:
        """Other figures."""
        clear(self._line)
        for entry in figures:
            figure = Text(entry[1], Role.FIGURE).selectable()
            if len(entry) == 3:
                figure.set_tone(entry[2])
            cell = QWidget()
            cell.setLayout(column(Text(entry[0], Role.MUTED), figure, spacing=0))
            cell.setAccessibleName(labelled(entry[0], entry[1]))
            self._line.addWidget(cell, 1)


class DefinitionRows(QWidget):
    """Label at one side, value at the other; or a name and what belongs to it."""

    def __init__(self, rows: Sequence[tuple[str, str]] = (), *, muted: str = "value") -> None:
        super().__init__()
        self._muted = muted
        self._lines = column(spacing=10)
        self.setLayout(self._lines)
        self.set_rows(rows)

    def set_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Other rows."""
        clear(self._lines)
        for label, value in rows:
            short = len(value) <= _FIGURE
            name = Text(label, Role.MUTED if self._muted == "label" else Role.BODY, wrap=short)
            what = Text(value, Role.MUTED if self._muted == "value" else Role.BODY, wrap=not short)
            what.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop)
            line = row(spacing=12)
            line.addWidget(name, int(short), Qt.AlignmentFlag.AlignTop)
            line.addWidget(what, int(not short), Qt.AlignmentFlag.AlignTop)
            self._lines.addLayout(line)


@dataclass(frozen=True)
class Happening:
    """One line of a timeline: when, what, and its tone."""

    when: str
    what: str
    tone: Tone = Tone.NEUTRAL


class Timeline(QWidget):
    """What happened, the latest first."""

    def __init__(self, happenings: Sequence[Happening] = (), *, when_width: int = 72) -> None:
        super().__init__()
        self._when_width = when_width
        self._lines = column(spacing=10)
        self.setLayout(self._lines)
        self.set_happenings(happenings)

    def set_happenings(self, happenings: Sequence[Happening]) -> None:
        """Another story."""
        clear(self._lines)
        for happening in happenings:
            when = Text(happening.when, Role.MUTED)
            when.setFixedWidth(self._when_width)
            what = Text(happening.what, _ROLES.get(happening.tone, Role.BODY), wrap=True)
            line = row(when, spacing=4)
            line.addWidget(what, 1)
            line.setAlignment(when, Qt.AlignmentFlag.AlignTop)
            self._lines.addLayout(line)
