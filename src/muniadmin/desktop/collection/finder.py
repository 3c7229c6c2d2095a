"""The field of the counter, and whom it finds."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from muniadmin.desktop.collection import hits
from muniadmin.desktop.collection.hits import Hit, HitsView, is_searched_live
from muniadmin.desktop.shell.navigation import Page, Scanned
from muniadmin.desktop.widgets.fields import SearchField
from muniadmin.desktop.widgets.search import Search
from muniadmin.kernel.errors import NotUnderstood, UserError
from muniadmin.kernel.formats import parse_money
from muniadmin.kernel.i18n import N_, _
from muniadmin.kernel.numbers import WrongNumber


class AmountIsNobody(UserError):
    """An amount where somebody is looked for."""

    message = N_("“{text}” is an amount: nobody is called so.")
    hint = N_("Find whoever pays first; what they hand over is typed beside the list of debts.")


class Finder(QObject):
    """In the field stands what whoever is in hand is called, or what somebody typed: Enter looks that up, Esc takes it
    back. While a payment is being taken, what is typed stays and nothing is searched.

    ``scanned(Scanned)`` for a number; ``refused(UserError)``; ``shown()`` when hits are, ``left()`` when they are no
    more; ``taken(hit, beside)`` when one is chosen, or with Ctrl beside those in hand; ``entered()`` for Enter where
    nothing was typed; ``escaped(took_back)`` for Esc, and whether it took something back; ``edited()`` at every letter;
    ``deserted()`` when the keyboard goes.
    """

    scanned = Signal(object)
    refused = Signal(object)
    shown = Signal()
    left = Signal()
    taken = Signal(object, bool)
    entered = Signal()
    escaped = Signal(bool)
    edited = Signal()
    deserted = Signal()

    def __init__(self, page: Page, is_paying: Callable[[], bool]) -> None:
        super().__init__(page)
        self._page, self._is_paying = page, is_paying
        self._called = ""
        self._beside = False
        #: Whether hits are shown; whoever is in hand waits behind them.
        self.searching = False
        self.field = SearchField(
            _("Scan or type"),
            placeholder=" ",
            hint=_("Scan a bill, a fine, a request, or type a name"),
            scale="scan",
        )
        self.view = HitsView(page.shell)
        self.search: Search[Hit] = Search(
            self.field, self.view.list, partial(hits.ask, page), searched=is_searched_live
        )
        self.search.listed.connect(self._on_hits)
        self.search.taken.connect(self._on_taken)
        self.search.refused.connect(self.refused)
        self.field.returnPressed.connect(self._on_enter)
        self.field.textEdited.connect(self._on_edited)
        self.field.installEventFilter(self)
        self.view.list.view.installEventFilter(self)

    # --- what the page tells ----------------------------------------------------------------------------------

    def call(self, name: str) -> None:
        """What whoever is in hand is called from now on; nothing for nobody."""
        self._called = name
        self.field.setText(name)

    def show_number(self, number: str) -> None:
        """What is being looked up."""
        self.field.setText(number)

    def put(self, text: str) -> None:
        """Puts a text here as if somebody had typed it."""
        self.field.setText(text)
        self.field.setModified(True)

    def look(self, text: str) -> None:
        """Searches a text."""
        self.put(text)
        if not self._is_paying():
            self.search.look()

    def look_up(self, text: str) -> None:
        """Opens what a number is the number of; a square code is checked; anything else is a name, and the marked hit
        is opened."""
        reading = self._page.shell.read_scan(text)
        if reading.is_square_code:
            self.leave()
            self._page.shell.check_paper(reading.text)
        elif isinstance(reading.problem, WrongNumber):
            self.put(text)
            self.refused.emit(reading.problem)
        elif reading.numbers:
            for number in reading.numbers:
                self.scanned.emit(Scanned(*number))
        elif self._is_amount(text):
            self.refused.emit(AmountIsNobody(text=text))
        elif not self._is_paying():
            self.search.enter()

    def _is_amount(self, text: str) -> bool:
        """Whether an amount was meant for another field. Figures alone may be a telephone, or begin a plate."""
        try:
            parse_money(text, self._page.shell.municipality.currency)
        except NotUnderstood:
            return False
        return not "".join(text.split()).isdecimal()

    def leave(self) -> None:
        """What is typed is taken back: the field says who is in hand."""
        if self._is_paying():
            return
        searching = self.searching
        self.forget()
        self.field.setText(self._called)
        if searching:
            self.left.emit()

    def forget(self) -> None:
        """What was found belongs to nothing any more."""
        self.searching = False
        self.search.forget()

    def type_on(self, text: str) -> None:
        """Somebody writes with the keyboard elsewhere: they search, in place of what stands here."""
        self.field.take_focus()
        self.put(text)
        self.field.textEdited.emit(text)

    @property
    def typed(self) -> str:
        """What somebody typed here, if anything."""
        return self.field.text() if self.field.text() != self._called else ""

    @property
    def unknown_name(self) -> str:
        """The name that was searched and found nobody; empty when there is none."""
        nobody = self.searching and not self.view.list.model.rowCount()
        return self.search.text if nobody and not re.search(r"\d", self.search.text) else ""

    # --- what the clerk does ----------------------------------------------------------------------------------

    @property
    def _says_who(self) -> bool:
        """Whether what stands here was put here for whoever is in hand, and is on the screen."""
        return bool(self._called) and not self.searching and not self.field.isModified()

    def _on_enter(self) -> None:
        text = self.field.text().strip()
        if self._says_who or not text:
            self.entered.emit()
        else:
            self.edited.emit()
            self.look_up(text)

    def _on_edited(self, text: str) -> None:
        self.edited.emit()
        if not text.strip() and self.searching:
            self.leave()

    def _on_hits(self, found: Sequence[Hit]) -> None:
        if self._is_paying():
            return
        self._beside = self._beside and len(found) == 1
        self.searching = True
        self.shown.emit()

    def _on_taken(self, hit: Hit) -> None:
        beside, self._beside = self._beside, False
        self.taken.emit(hit, beside)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter adds to those in hand; Esc steps back; a slow scanner may end with Tab."""
        if event.type() is QEvent.Type.FocusOut and watched is self.field:
            self.deserted.emit()
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._beside = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if self._beside:
                self._on_enter()
                return True
        if key == Qt.Key.Key_Escape:
            self._step_back()
            return True
        if key == Qt.Key.Key_Tab and watched is self.field and not self._says_who and self._is_number():
            self._on_enter()
            return True
        return super().eventFilter(watched, event)

    def _is_number(self) -> bool:
        return self._page.shell.read_scan(self.field.text()).is_ours

    def _step_back(self) -> None:
        took_back = self.searching or self.field.text() != self._called
        if took_back:
            self.leave()
            self.field.take_focus()
        self.escaped.emit(took_back)
