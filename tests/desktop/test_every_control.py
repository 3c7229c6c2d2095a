"""Enter, Esc, Tab and a scan with the keyboard on every control of every page, and of every dialog that Enter opens
there: outside the written list of main actions nothing is issued, printed or destroyed, and the keyboard is seen."""

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from sqlalchemy import select

from muniadmin.app import App
from muniadmin.desktop.shell.actions import MAIN_ACTIONS
from muniadmin.desktop.shell.keyboard import AFTERWARDS
from muniadmin.desktop.widgets.date_edit import DateEdit
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.desktop.widgets.fields import CheckBox, ComboBox, PasswordField, TextArea, TextField
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.kernel.permissions import Role
from muniadmin.storage.events import EventLine
from tests.builders import a_bill, a_taxpayer, an_open_desk, pay
from tests.desktop.conftest import Screen
from tests.desktop.scanner import send_scan
from tests.towns import PASSWORD, actor_with

Key = Qt.Key
_WHO = {
    "counter": Role.CLERK,
    "taxpayers": Role.REVENUE_OFFICER,
    "assessment": Role.REVENUE_OFFICER,
    "cash": Role.CLERK,
    "fines": Role.FINES_OFFICER,
    "civil_status": Role.CLERK,
    "acts": Role.REGISTRAR,
    "indicators": Role.MANAGER,
    "verification": Role.SUPERVISOR,
    "administration": Role.ADMINISTRATOR,
}

_SHORT = {"administration", "civil_status", "indicators", "verification"}
#: What has its paper with it: a receipt, the slip of the session.
_WITH_PAPER = {"collection:payment:taken", "collection:session:closed"}


def happened(app: App) -> list[str]:
    """What the audit log tells, line by line; every row that is written once names its event there."""
    with app.database.connect_to_read() as connection:
        return list(connection.scalars(select(EventLine.name).order_by(EventLine.event_id, EventLine.line)))


def controls(place: QWidget) -> list[QWidget]:
    """What can have the keyboard in a window, or on a page."""
    tab = Qt.FocusPolicy.TabFocus
    return [
        widget
        for widget in place.findChildren(QWidget)
        if widget.focusPolicy() & tab
        and widget.isVisible()
        and widget.isEnabled()
        and widget.window() is place.window()
    ]


class Hands:
    """Puts the keyboard on a control and presses a key, as it comes from the keyboard: by the window."""

    def __init__(self, screen: Screen, app: App, number: str) -> None:
        self.screen, self.app, self.number = screen, app, number

    def clear_away(self) -> None:
        """Everything that was opened is closed again."""
        for _round in range(20):
            popup = QApplication.activePopupWidget()
            dialog = popup or QApplication.activeModalWidget()
            if dialog is None:
                break
            if hasattr(dialog, "_leave"):
                dialog._leave()
            else:
                dialog.close()
            QApplication.processEvents()
        self.screen.window.scans.forget()
        self.screen.back()

    def press(self, widget: QWidget, key: Qt.Key | str) -> None:
        """One key, or a scan."""
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        handle = widget.window().windowHandle()
        if isinstance(key, str):
            send_scan(handle, self.number)
            # A line end right behind a scan is the scanner's: the next key must be somebody's.
            QTest.qWait(AFTERWARDS + 20)
        else:
            QTest.keyClick(handle, key)
        self.screen.settle()
        self.screen.jobs_end()

    def unseen(self) -> str:
        """Where the keyboard is, when that is not where a person sees it."""
        if QApplication.activePopupWidget() is not None:
            return ""
        if QApplication.activeModalWidget() is None:
            self.screen.back()
        focus = QApplication.focusWidget()
        if focus is None:
            return "nowhere"
        if not focus.isVisible() or not focus.isEnabled() or focus.visibleRegion().isEmpty():
            return f"on {_named(focus)}, which is hidden or takes no key"
        return ""


_KEYS: dict[str, Qt.Key | str] = {
    "Enter": Key.Key_Return,
    "Esc": Key.Key_Escape,
    "Tab": Key.Key_Tab,
    "scan": "scan",
}


@pytest.fixture
def at_work(app: App, screen: Screen) -> Callable[[Role], tuple[Screen, str]]:
    """A town in which something has happened, and somebody of a role in front of it; the number of an open bill."""

    def begin(role: Role) -> tuple[Screen, str]:
        clerk = actor_with(app, Role.CLERK)
        taxpayer = a_taxpayer(app)
        session = an_open_desk(app, clerk)
        paid, open_bill = (a_bill(app, amount, taxpayer_id=taxpayer) for amount in ("80", "120"))
        pay(app, clerk, session, paid)
        screen.sign_in(role)
        return screen, open_bill.number

    return begin


def _named(widget: QWidget) -> str:
    return f"{type(widget).__name__} “{widget.accessibleName() or getattr(widget, 'text', str)()}”"


def _typed_in(field: QWidget) -> str:
    match field:
        case PasswordField():
            return PASSWORD
        case DateEdit():
            return "23/11/2026"
        case MoneyEdit():
            return "100"
        case _ if field.accessibleName() in ("Copies", "Number", "Year", "Amount"):
            return "1"
        case _:
            return "amina"


def _allowed(new: Sequence[str]) -> set[str]:
    """What Enter may do here: the main actions, paper only with what it is the paper of."""
    return set(MAIN_ACTIONS) - (set() if _WITH_PAPER & set(new) else {"documents:document:printed"})


class Trial:
    """Every key on every control of one page."""

    def __init__(self, screen: Screen, app: App, page_id: str, number: str) -> None:
        self._screen, self._app, self._page_id = screen, app, page_id
        self._hands = Hands(screen, app, number)
        self.wrong: list[str] = []
        #: Whether Enter did something in the dialog under trial.
        self._done = False

    def controls(self) -> list[QWidget]:
        """The controls of the page as it is opened: a key may have changed it."""
        self._hands.clear_away()
        self._screen.frame.go(self._page_id)
        self._screen.settle()
        return controls(self._screen.page)

    def run(self) -> None:
        """Each key on each control; of a dialog that Enter opens, each key on each control there."""
        for key in _KEYS:
            place = 0
            found = self.controls()
            while place < len(found):
                where = f"{self._page_id}: {_named(found[place])}"
                self._try(found[place], key, where)
                dialog = QApplication.activeModalWidget()
                # Enter in Qt's own dialog writes the file whose name stands there, as it should.
                if key == "Enter" and dialog is not None and not isinstance(dialog, QFileDialog):
                    self._within(place, where)
                place += 1
                if key != "Tab":  # which opens, closes and fills nothing in
                    found = self.controls()
        self._hands.clear_away()

    def _within(self, place: int, where: str) -> None:
        self._done = False
        for key in _KEYS:
            self._on_each(place, where, key, self._opened)
        # A form that somebody filled in: Enter does what it is for from a field, and nothing from elsewhere.
        self._on_each(place, f"{where}, filled", "Enter", self._filled)

    def _on_each(self, place: int, where: str, key: str, opened: Callable[[int, str], list[QWidget]]) -> None:
        inside = opened(place, where)
        inner = 0
        while inner < len(inside):
            self._try(inside[inner], key, f"{where} → {_named(inside[inner])}")
            inner += 1
            dialog = QApplication.activeModalWidget()
            # Tab and a scan mostly leave all as it was.
            if key not in ("Tab", "scan") or dialog is None or controls(dialog) != inside:
                inside = opened(place, where)

    def _filled(self, place: int, where: str) -> list[QWidget]:
        """The same, with something in every field of the dialog, a choice in every box and every box ticked."""
        found = self._opened(place, where)
        for control in found:
            if isinstance(control, ComboBox) and control.currentIndex() < 0:
                control.setCurrentIndex(0)
                control.activated.emit(0)
            if isinstance(control, CheckBox) and not control.isChecked():
                QTest.keyClick(control, Key.Key_Space)
            if isinstance(control, TextField | TextArea) and control.is_blank():
                control.setFocus(Qt.FocusReason.TabFocusReason)
                QTest.keyClicks(control, _typed_in(control))
        self._screen.settle()
        dialog = QApplication.activeModalWidget()
        assert not found or dialog is not None, f"{where}: what was typed closed the dialog"
        return controls(dialog) if dialog is not None else []

    def _opened(self, place: int, where: str) -> list[QWidget]:
        """The controls of the dialog that Enter on a control of the page opens, as it is opened."""
        self._hands.press(self.controls()[place], Key.Key_Return)
        dialog = QApplication.activeModalWidget()
        # What was done in it may have left nothing to do: who is deactivated is no more to be deactivated.
        assert dialog is not None or self._done, f"{where}: Enter opened a dialog, and later none"
        return controls(dialog) if dialog is not None else []

    def _try(self, widget: QWidget, key: str, where: str) -> None:
        dialog = widget.window()
        if key == "Enter" and isinstance(dialog, ConfirmDialog) and widget is dialog.primary:
            return  # Whoever was asked, and had time to read it, says yes.
        before = len(happened(self._app))
        self._hands.press(widget, _KEYS[key])
        new = happened(self._app)[before:]
        self._done = self._done or bool(new)
        if key != "Enter" or not set(new) <= _allowed(new):
            self.wrong += [f"{where}, {key}: {name}" for name in new]
        unseen = self._hands.unseen()
        if unseen:
            self.wrong.append(f"{where}, {key}: the keyboard is {unseen}")


@pytest.mark.slow
@pytest.mark.parametrize(
    "page_id",
    # The others have lists and dialogs enough for minutes each.
    [pytest.param(page, marks=() if page in _SHORT else pytest.mark.deep) for page in _WHO],
)
def test_no_key_issues_prints_or_destroys(
    app: App, at_work: Callable[[Role], tuple[Screen, str]], page_id: str
) -> None:
    screen, number = at_work(_WHO[page_id])
    trial = Trial(screen, app, page_id, number)
    trial.run()
    assert not trial.wrong, "\n".join(trial.wrong)
