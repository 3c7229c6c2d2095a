"""The lock of the screen: shut by its key or when nobody was there for a while, opened by whoever is signed in.

Nothing comes before it: what is open is put behind the curtain, and whatever arrives waits.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from muniadmin.desktop.shell.preferences import LOCK_AFTER_MINUTES
from muniadmin.desktop.shell.sign_in import LockView
from muniadmin.desktop.widgets.curtain import curtain
from muniadmin.kernel.errors import UserError

if TYPE_CHECKING:
    from muniadmin.desktop.shell.main_window import MainWindow


class ScreenLock(QObject):
    """Shuts and opens the window it belongs to. ``view`` is what is seen while it is shut, else None."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.view: LockView | None = None
        self._cursor_was: QWidget | None = None
        self._idle = QTimer(self)
        self._idle.setInterval(LOCK_AFTER_MINUTES * 60_000)
        self._idle.timeout.connect(self.shut)

    def somebody_is_there(self) -> None:
        """Whoever signs in, presses a key or a button, or turns the wheel is there: the time begins anew."""
        if self._window.frame is not None:
            self._idle.start()

    def shut(self) -> None:
        """Hides everything until the same user types their password; nothing is lost."""
        window = self._window
        if window.frame is None or self.view is not None or window.operations is None:
            return
        self._cursor_was = window.frame.focusWidget()
        window.operations.hold()
        curtain().draw(window)
        window.hide_toast()
        self.show_view()

    def show_view(self) -> None:
        """Shows the lock; another one, with what is typed in it, when the language was changed there."""
        window = self._window
        assert window.operations is not None
        view = LockView(window.operations.actor.name)
        view.submitted.connect(self._try_password)
        view.signed_out.connect(window.sign_out)
        view.language_chosen.connect(window.set_language)
        before, self.view = self.view, view
        window.stack.addWidget(view)
        window.stack.setCurrentWidget(view)
        if before is not None:
            view.password.setText(before.password.text())
            self._remove(before)
        view.take_focus()

    def take_away(self) -> None:
        """Somebody left, with all they had open: there is nothing to hide any more."""
        self._idle.stop()
        curtain().clear()
        self._take_away()

    # --- opening ----------------------------------------------------------------------------------------------

    def _try_password(self, password: str) -> None:
        from muniadmin.access.commands import SignIn

        operations = self._window.operations
        assert operations is not None
        who = operations.actor
        # The view of now: a language chosen meanwhile puts another one in its place.
        operations.run(
            SignIn(user_name=who.user_name, password=password, workstation=who.workstation),
            then=lambda _who: self._open(),
            failed=self._refuse,
            undone=self._try_again,
            unlocks=True,
        )

    def _refuse(self, problem: UserError) -> None:
        if self.view is not None:
            self.view.refuse(problem)

    def _try_again(self) -> None:
        if self.view is not None:
            self.view.unlock()

    def _open(self) -> None:
        """Everything is as it was left; then comes what arrived meanwhile."""
        window = self._window
        if self.view is None or window.frame is None or window.operations is None:
            return
        shown = self._take_away()
        if not shown:
            # A dialog belongs to the frame it was opened on: with one, the frame stays in its language.
            window.renew_frame()
        window.stack.setCurrentWidget(window.frame)
        if not shown:
            self._return_cursor()
        window.operations.let_through()
        window.scans.let_through()
        window.say_what_waited()

    def _take_away(self) -> list[QWidget]:
        """The windows that are open again."""
        if self.view is None:
            return []
        before, self.view = self.view, None
        self._remove(before)
        return curtain().open()

    def _remove(self, view: LockView) -> None:
        self._window.stack.removeWidget(view)
        view.deleteLater()

    def _return_cursor(self) -> None:
        cursor, self._cursor_was = self._cursor_was, None
        frame = self._window.frame
        if cursor is not None and isValid(cursor) and cursor.isVisible() and cursor.isEnabled():
            cursor.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        elif frame is not None and (page := frame.page()) is not None:
            page.take_focus()
