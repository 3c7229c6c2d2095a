"""A filter that opens a menu: one choice of several, or all."""

from collections.abc import Sequence
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from muniadmin.desktop.widgets.chips import Chip
from muniadmin.kernel.i18n import _, labelled

T = TypeVar("T")


class MenuChip(Chip, Generic[T]):
    """``name`` while nothing is chosen, else the choice; its menu starts with the way back to all.

    ``always`` chips have no such way: one of their choices is in force (a fiscal year).
    """

    chosen = Signal(object)

    def __init__(
        self,
        name: str,
        choices: Sequence[tuple[T, str]] = (),
        *,
        everything: str = "",
        always: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, arrow=True, parent=parent)
        self._name, self._everything, self._always = name, everything or _("All"), always
        self._choices = list(choices)
        self._value: T | None = None
        self.clicked.connect(self.open_menu)

    def set_choices(self, choices: Sequence[tuple[T, str]]) -> None:
        """Other choices; the one in force stays."""
        self._choices = list(choices)
        self._show()

    def value(self) -> T | None:
        """What is chosen; None for all."""
        return self._value

    def set_value(self, value: T | None) -> None:
        """Chooses without a word to anybody."""
        self._value = value
        self._show()

    def words(self) -> str:
        """What is chosen, as the chip says it; empty for all."""
        return self.text() if self._value is not None else ""

    def menu_of_choices(self) -> QMenu:
        """The menu, with the choice in force ticked."""
        menu = QMenu(self)
        group = QActionGroup(menu)
        entries: list[tuple[T | None, str]] = [*self._choices]
        if not self._always:
            entries.insert(0, (None, self._everything))
        for value, text in entries:
            action = menu.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value == self._value)
            action.triggered.connect(partial(self._choose, value))
            group.addAction(action)
        return menu

    def open_menu(self) -> None:
        """Opens the menu below the chip."""
        self._show()
        menu = self.menu_of_choices()
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _choose(self, value: T | None, _checked: bool = False) -> None:
        self.set_value(value)
        self.chosen.emit(value)

    def _show(self) -> None:
        text = next((text for value, text in self._choices if value == self._value), "")
        self.set_text(labelled(self._name, text) if text else self._name)
        self.set_on(self._value is not None and not self._always)
