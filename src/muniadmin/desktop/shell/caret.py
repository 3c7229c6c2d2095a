"""Where the keyboard is, through a change of language: the same control of what is made anew, the text marked in it and
its cursor, so that the next letter goes where it would have gone."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget


class Caret(NamedTuple):
    """The ``number``-th control of its type in the ``region``-th part of the frame, and the text in it. ``first`` and
    ``length`` are of what is marked; with nothing marked ``length`` is 0 and ``first`` the cursor's place."""

    region: int
    type: type[QWidget]
    number: int
    text: str = ""
    first: int = 0
    length: int = 0


def caret_in(regions: Sequence[QWidget], held: QWidget | None) -> Caret | None:
    """In which control of these parts the keyboard is; None where it is in none of them: a page that has it itself, as
    all on it is at rest, begins where it begins."""
    for number, region in enumerate(regions):
        # Qt says that a widget is an ancestor of itself.
        if held is not None and held is not region and region.isAncestorOf(held):
            found = Caret(number, type(held), region.findChildren(type(held)).index(held))
            if isinstance(held, QLineEdit):
                length = len(held.selectedText())
                first = held.selectionStart() if length else held.cursorPosition()
                found = found._replace(text=held.text(), first=first, length=length)
            return found
    return None


def put_caret(regions: Sequence[QWidget], caret: Caret) -> bool:
    """Puts the keyboard there again; False as long as there is no such control with what was typed in it."""
    alike = regions[caret.region].findChildren(caret.type) if caret.region < len(regions) else []
    control = alike[caret.number] if caret.number < len(alike) else None
    if control is None or not (control.isVisible() and control.isEnabled()):
        return False
    if not isinstance(control, QLineEdit):
        control.setFocus(Qt.FocusReason.OtherFocusReason)
        return True
    # An amount may be written out: 50,00 where 50 was typed.
    if not _plain(control.text()).startswith(_plain(caret.text)) or bool(control.text()) != bool(caret.text):
        return False
    control.setFocus(Qt.FocusReason.OtherFocusReason)
    if caret.text.isdigit() and control.text() != caret.text:
        control.setText(caret.text)
    if caret.length:
        control.setSelection(caret.first, caret.length)
    else:
        control.deselect()
        control.setCursorPosition(caret.first)
    return True


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
