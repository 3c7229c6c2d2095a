"""A chip that shows what is chosen and nothing else; its menu has groups and menus below it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from muniadmin.desktop.widgets.chips import Chip
from muniadmin.kernel.i18n import labelled


@dataclass(frozen=True)
class Group:
    """Choices that stand together; with a title they stand in a menu of their own."""

    choices: Sequence[tuple[str, str]]
    title: str = ""


class Picker(Chip):
    """``name`` is what screen readers say before the choice. One choice is always in force."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__(name, arrow=True)
        self._name = name
        self._groups: Sequence[Group] = ()
        self._value = ""
        self.clicked.connect(self.open_menu)

    def value(self) -> str:
        """What is chosen."""
        return self._value

    def set_choices(self, groups: Sequence[Group], value: str) -> None:
        """Other choices, one of them in force; nobody is told."""
        self._groups, self._value = groups, value
        text = next((text for group in groups for code, text in group.choices if code == value), value)
        self.set_text(text)
        self.setAccessibleName(labelled(self._name, text))

    def menu_of_choices(self) -> QMenu:
        """The menu, with the choice in force ticked."""
        menu = QMenu(self)
        ticked = QActionGroup(menu)
        for place, group in enumerate(self._groups):
            if place and not group.title:
                menu.addSeparator()
            into = menu.addMenu(group.title) if group.title else menu
            for code, text in group.choices:
                action = into.addAction(text.replace("&", "&&"))
                action.setCheckable(True)
                action.setChecked(code == self._value)
                action.triggered.connect(self._choose(code))
                ticked.addAction(action)
        return menu

    def open_menu(self) -> None:
        """Opens the menu below the chip."""
        self.menu_of_choices().popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _choose(self, code: str) -> Callable[[], None]:
        def choose() -> None:
            if code != self._value:
                self.set_choices(self._groups, code)
                self.chosen.emit(code)

        return choose
