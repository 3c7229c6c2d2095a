"""A filter that takes several of some choices; its cross takes all of them away again."""

from collections.abc import Sequence
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from muniadmin.desktop.widgets.chips import Chip
from muniadmin.kernel.i18n import _, labelled

T = TypeVar("T")
_SHOWN = 2


class _StayingMenu(QMenu):
    """Stays open while its entries are ticked; Esc, Enter or a click elsewhere closes it."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click ticks."""
        action: QAction | None = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks."""
        action: QAction | None = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isCheckable():
            action.trigger()
        else:
            super().keyPressEvent(event)


class ManyChip(Chip, Generic[T]):
    """``name`` while nothing is chosen, else the name with the choices."""

    chosen = Signal(object)

    def __init__(
        self, name: str, choices: Sequence[tuple[T, str]] = (), *, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, arrow=True, parent=parent)
        self._name = name
        self._choices = list(choices)
        self._values: tuple[T, ...] = ()
        self.clicked.connect(self.open_menu)
        self.removed.connect(partial(self._choose, ()))

    def set_choices(self, choices: Sequence[tuple[T, str]]) -> None:
        """Other choices; those in force stay."""
        self._choices = list(choices)
        self._show()

    def value(self) -> tuple[T, ...]:
        """What is chosen, in the order of the choices; nothing means all."""
        return self._values

    def set_value(self, values: Sequence[T]) -> None:
        """Chooses without a word to anybody."""
        self._values = tuple(values)
        self._show()

    def words(self) -> str:
        """What is chosen, as the chip says it; empty for all."""
        return self.text() if self._values else ""

    def menu_of_choices(self) -> QMenu:
        """The menu, with the choices in force ticked."""
        menu = _StayingMenu(self)
        for value, text in self._choices:
            action = menu.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value in self._values)
            action.toggled.connect(partial(self._toggle, value))
        return menu

    def open_menu(self) -> None:
        """Opens the menu below the chip."""
        self._show()
        self.menu_of_choices().popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _toggle(self, value: T, ticked: bool) -> None:
        wanted = {*self._values, value} if ticked else {*self._values} - {value}
        self._choose(tuple(one for one, _text in self._choices if one in wanted))

    def _choose(self, values: tuple[T, ...]) -> None:
        self.set_value(values)
        self.chosen.emit(self._values)

    def _show(self) -> None:
        texts = [text for value, text in self._choices if value in self._values]
        shown = ", ".join(texts[:_SHOWN])
        if len(texts) > _SHOWN:
            shown = _("{some} and {count} more").format(some=shown, count=len(texts) - _SHOWN)
        self.set_text(labelled(self._name, shown) if shown else self._name)
        self.set_removable(bool(shown))
        self.set_on(bool(self._values))
