"""A search: a field, and the list of what its text finds. One way for the counter, the palette and every picker.

Hits belong to their text. An edit makes those that are listed grey, and nothing opens them any more; Enter searches
first what is typed by then. The cursor stays in the field while the arrows move the mark, and what is written with the
keyboard in the list goes on in the field. Of what is listed before anything is typed nothing is marked: Enter takes
nothing that nobody meant.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.kernel.errors import UserError

R = TypeVar("R")

#: Asks for what a text finds, at most so many; answers, or tells why not.
Ask = Callable[
    [str, int, Callable[[Sequence[R]], object], Callable[[UserError], object]],
    object,
]

_TYPING_PAUSE_MS = 120
_PAGE = 8
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: _PAGE,
    Qt.Key.Key_PageUp: -_PAGE,
}


class Search(QObject, Generic[R]):
    """``taken(hit)`` when one was chosen; ``listed(hits)`` when others are shown; ``missed()`` when Enter found
    nothing; ``refused(problem)``.

    Of more than ``most`` hits the first are listed, and that is said. Texts of fewer than ``least`` letters wait for
    Enter. ``searched`` says which texts are searched while they are typed; the others wait for Enter, too. What is at
    hand already is searched ``at_once``, with every letter. The list of a picker (``picks``) never has the keyboard,
    and a click takes.
    """

    taken = Signal(object)
    listed = Signal(object)
    missed = Signal()
    refused = Signal(object)

    def __init__(
        self,
        field: TextField,
        table: RowTable[R],
        ask: Ask[R],
        *,
        least: int = 2,
        most: int = 50,
        searched: Callable[[str], bool] = lambda _text: True,
        at_once: bool = False,
        picks: bool = False,
    ) -> None:
        super().__init__(table)
        self.field, self.table = field, table
        self._ask, self._least, self._most, self._searched = ask, least, most, searched
        #: The text that the hits belong to, and the one that is asked for; None for none.
        self._text: str | None = None
        self._sought: str | None = None
        self._take_it = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._at_once = at_once
        self._pause.timeout.connect(self.look)
        field.textEdited.connect(self._on_edited)
        field.installEventFilter(self)
        table.opened.connect(lambda _hit: self.take())
        table.typed.connect(self._go_on)
        table.left_upwards.connect(self._into_field)
        if picks:
            table.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            table.view.clicked.connect(lambda _index: self.take())

    # --- what pages use ---------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What is typed, without the blanks around it."""
        return self.field.text().strip()

    @property
    def is_current(self) -> bool:
        """Whether what is listed is what the text finds."""
        return self._text == self.text

    def look(self) -> None:
        """Searches what is typed."""
        self._pause.stop()
        text = self.text
        self._sought = text
        self.table.view.set_stale(True)

        def answered(hits: Sequence[R]) -> None:
            if text == self._sought:
                self._show(text, hits)

        def failed(problem: UserError) -> None:
            if text == self._sought:
                self.forget()
                self.refused.emit(problem)

        self._ask(text, self._most + 1, answered, failed)

    def enter(self) -> None:
        """Enter in the field: takes the marked hit if it belongs to the text; else searches, and takes the only one."""
        if not self.is_current:
            self._take_it = True
            self.look()
        elif self.table.model.rowCount():
            self.take()
        else:
            self.missed.emit()

    def take(self) -> None:
        """Takes the marked hit, unless it is one of another text."""
        hit = self.table.current()
        if hit is not None and self.is_current:
            self.taken.emit(hit)

    def forget(self) -> None:
        """Nothing is searched, and what is listed belongs to nothing; an answer that comes late is not shown."""
        self._pause.stop()
        self._text = self._sought = None
        self._take_it = False
        self.table.view.set_stale(True)

    # --- inside -----------------------------------------------------------------------------------------------

    def _on_edited(self, _text: str) -> None:
        self._take_it, self._sought = False, None
        self.table.view.set_stale(not self.is_current)
        if len(self.text) < self._least or not self._searched(self.text):
            self._pause.stop()
        elif self._at_once:
            self.look()
        else:
            self._pause.start()

    def _show(self, text: str, hits: Sequence[R]) -> None:
        self._text = text
        take, self._take_it = self._take_it, False
        self.table.set_source(ListSource(hits[: self._most]))
        self.table.set_cut(cut=len(hits) > self._most)
        if hits and text:
            self.table.select(0)
        self.listed.emit(hits)
        # Somebody who pressed Enter before the answer was there has seen no other hit: only one leaves no doubt.
        if take and len(hits) == 1:
            self.take()
        elif take and not hits:
            self.missed.emit()

    def _go_on(self, text: str) -> None:
        self._into_field()
        self.field.end(False)
        self.field.insert(text)
        self.field.textEdited.emit(self.field.text())

    def _into_field(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows move the mark while the cursor stays in the field."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        step = _STEPS.get(Qt.Key(event.key()), 0)
        count = self.table.model.rowCount()
        if not step or not count or not self.is_current or not isinstance(watched, QWidget):
            return False
        row = self.table.view.currentIndex().row()
        self.table.select(max(0, min(count - 1, row + step)))
        return True
