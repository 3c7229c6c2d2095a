"""Dialogs: a frame for forms, a question with figures, and the signature of a second person.

They are opened with ``open()`` and answer by ``accepted``: whoever opened one goes on at once, and hears when it was
answered. Then it is gone.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from muniadmin.access.errors import WrongUserOrPassword
from muniadmin.desktop.theme import Tone, theme
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.cards import Scroller
from muniadmin.desktop.widgets.curtain import curtain
from muniadmin.desktop.widgets.fields import PasswordField, TextField
from muniadmin.desktop.widgets.focus_ring import FocusRing
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Hairline, Icon, Role, Text
from muniadmin.desktop.widgets.layouts import Part, column, row, show_if
from muniadmin.desktop.widgets.paint import key_text, unbroken
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _

#: Milliseconds within which nobody has read a question: the second of two quick keys does not answer it.
MOMENT = 500


class Dialog(QDialog):
    """Title, content, buttons. Enter does the primary action, unless it is a dangerous one; Esc steps back and asks
    before typed text is lost."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        *content: Part,
        primary: str = "",
        kind: Kind = Kind.PRIMARY,
        cancel: str = "",
        width: int = 460,
        icon: str = "",
        expand: bool = False,
    ) -> None:
        super().__init__(parent)
        if parent is None:
            theme().dress(self)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setModal(True)
        self.setMinimumWidth(width)
        self._shown = False
        self._place: QPoint | None = None
        self.notice = Banner()
        self.notice.hide()
        self._below = Banner()
        self._below.hide()
        self.heading = Text(unbroken(title), Role.SECTION, wrap=True)
        head = row(spacing=12)
        if icon:
            head.addWidget(
                Icon(icon, 22, "bad" if kind is Kind.DANGER else "accent"), 0, Qt.AlignmentFlag.AlignTop
            )
        head.addWidget(self.heading, 1)
        self.content = column(*content, spacing=14)
        self._dangerous = kind is Kind.DANGER
        key = "Ctrl+Return" if self._dangerous else "Return"
        self.primary = Button(primary or _("OK"), kind, key=key, bind=self._dangerous)
        self.primary.clicked.connect(self.submit)
        self.cancel = Button(cancel or _("Cancel"), key="Esc", bind=False)
        self.cancel.clicked.connect(self.reject)
        self.aside = row(spacing=8)
        foot = row(self.aside, None, self.cancel, self.primary, spacing=8, margins=(24, 14, 24, 16))
        top = column(head, self.notice, spacing=16, margins=(24, 22, 24, 20))
        top.addLayout(self.content, 1 if expand else 0)
        top.addWidget(self._below)
        if not expand:
            top.addStretch(1)
        self._body = QWidget()
        self._body.setLayout(top)
        self._body.installEventFilter(self)
        self._expand = expand
        whole = column(spacing=0)
        whole.addWidget(Scroller(self._body), 1)
        whole.addWidget(Hairline())
        whole.addLayout(foot)
        self.setLayout(whole)
        self._foot = foot
        # Once everything that changed in one go has its place.
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.setInterval(0)
        self._fitting.timeout.connect(self._fit)
        self._ring = FocusRing(self)
        # What was answered is gone: a day's dialogs would weigh on their page.
        self.finished.connect(self.deleteLater)

    def showEvent(self, event: QShowEvent) -> None:
        """Is as high as its wrapped texts need at its width, no higher; without a field the main button has the
        keyboard, or the way back from what is dangerous."""
        super().showEvent(event)
        if self.focusWidget() is None and not self._has_fields():
            (self.cancel if self._dangerous else self.primary).setFocus(Qt.FocusReason.OtherFocusReason)
        if not event.spontaneous():
            self._fit()
            # Again when the window manager has put its frame around it.
            self._fitting.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What grew or shrank inside makes the dialog higher or lower."""
        if watched is self._body and event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self._fitting.start()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """As wide and high as the content needs, wholly on the screen; without room the content scrolls. What may be
        enlarged by hand only grows."""
        content = self._body.layout()
        if content is None:
            return
        frame, room = self.frameGeometry(), self.screen().availableGeometry()
        border = frame.size() - self.size()
        content.activate()
        width = max(
            self.minimumWidth(), content.totalMinimumSize().width(), self._foot.totalMinimumSize().width()
        )
        width = min(
            max(width, self.width() if self.isVisible() and self._shown else 0), room.width() - border.width()
        )
        wanted = (
            content.totalHeightForWidth(width)
            if content.hasHeightForWidth()
            else content.totalSizeHint().height()
        )
        # Under its least height it would scroll.
        wanted = max(wanted, content.totalMinimumSize().height())
        height = min(wanted + self._foot.totalSizeHint().height() + 1, room.height() - border.height())
        if self._expand and self._shown:
            height = max(height, self.height())
        if not self._shown or (width, height) == (self.width(), self.height()):
            self._shown = True
            self.resize(width, height)
            return
        # Around where it is: it is back in its place when what made it grow is gone. In one step: a window manager may
        # answer a move that follows another size with the place it had before.
        place = self.geometry()
        wider, higher = width - place.width(), height - place.height()
        left = max(room.left(), min(frame.left() - wider // 2, room.right() + 1 - width - border.width()))
        top = max(room.top(), min(frame.top() - higher // 2, room.bottom() + 1 - height - border.height()))
        self.setGeometry(left + place.left() - frame.left(), top + place.top() - frame.top(), width, height)

    def _has_fields(self) -> bool:
        fields = (
            self.findChildren(QLineEdit) + self.findChildren(QPlainTextEdit) + self.findChildren(QComboBox)
        )
        return any(field.isVisibleTo(self) and field.isEnabled() for field in fields)

    def setVisible(self, visible: bool) -> None:
        """Waits while the screen is locked."""
        if visible and curtain().keep(self):
            return
        if not visible and self.isVisible():
            self._place = self.pos()
        elif visible and self._place is not None:
            # Qt would put it into the middle again.
            self.move(self._place)
        super().setVisible(visible)

    def say_below(self, tone: Tone, sentence: str, advice: str = "") -> None:
        """Says something beside all that stands here, e.g. names a scan that waits for the end of the dialog."""
        self._below.say(tone, sentence, advice)

    def say_nothing_below(self) -> None:
        """What was said there is no longer the case."""
        self._below.hide()

    def dirty(self) -> bool:
        """Whether closing would lose typed text."""
        return False

    def submit(self) -> None:
        """What the primary button does; a form dialog checks and sends here, and accepts when it is done."""
        self.accept()

    def refuse(self, problem: UserError) -> None:
        """Shows what was refused; everything typed stays."""
        self.unlock()
        self.notice.show_error(problem)

    def unlock(self) -> None:
        """The primary button works again: what was sent came to nothing, and the user knows why."""
        self.primary.setEnabled(True)

    def reject(self) -> None:
        """Steps back; asks first when typed text would be lost."""
        if not self.dirty():
            super().reject()
            return
        question = ConfirmDialog(
            self, _("Leave without saving?"), _("What you typed here will be lost."),
            yes=_("Leave"), no=_("Stay"), danger=True,
        )  # fmt: skip
        question.accepted.connect(self._leave)
        question.open()

    def _leave(self) -> None:
        """Steps back whatever is typed; as a slot, ``super().reject`` would be our own again, and ask once more."""
        QDialog.reject(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter from a field is the primary action, Esc the way back. What cannot be undone has a key of its own: Enter
        does it on its button only."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif event.isAutoRepeat():
            # A key held down was pressed once, and may have been before this was asked.
            return
        elif not self._dangerous:
            if self.primary.isEnabled():
                self.submit()
        elif self.primary.isEnabled():
            how = _("Press {key} for “{action}”, or Esc to go back.")
            self.say_below(Tone.INFO, how.format(key=key_text("Ctrl+Return"), action=self.primary.text()))


def end(dialog: QDialog) -> None:
    """What a dialog asked for is done: it closes, unless somebody stepped back meanwhile."""
    if isValid(dialog):
        dialog.accept()


class Figures(QWidget):
    """Label and figure pairs, the figures right-aligned: exactly what will happen."""

    def __init__(self, figures: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        lines = column(spacing=0)
        for number, (label, figure) in enumerate(figures):
            if number:
                lines.addWidget(Hairline())
            lines.addLayout(
                row(Text(label, Role.MUTED), None, Text(figure, Role.STRONG), margins=(0, 7, 0, 7))
            )
        self.setLayout(lines)


class ConfirmDialog(Dialog):
    """A question that says exactly what will happen. Dangerous ones have a red button and do not start on it.

    Nobody answers what they have not read: a key or click that follows the one that asked is no yes, and who types
    text behind the question is on the way back.
    """

    def __init__(
        self,
        parent: QWidget | None,
        question: str,
        text: str = "",
        *,
        figures: Sequence[tuple[str, str]] = (),
        yes: str = "",
        no: str = "",
        danger: bool = False,
    ) -> None:
        parts: list[QWidget] = []
        if text:
            parts.append(Text(text, wrap=True))
        if figures:
            parts.append(Figures(figures))
        super().__init__(
            parent,
            question,
            *parts,
            primary=yes or _("Confirm"),
            cancel=no,
            kind=Kind.DANGER if danger else Kind.PRIMARY,
            icon="triangle-alert" if danger else "circle-help",
        )
        self._asked = QElapsedTimer()
        if danger:
            self.cancel.setFocus(Qt.FocusReason.TabFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """From now on it can be read."""
        super().showEvent(event)
        self._asked.start()

    def had_time(self) -> bool:
        """Whether somebody may have read what is asked."""
        return self._asked.isValid() and self._asked.elapsed() >= MOMENT

    def submit(self) -> None:
        """Yes, from somebody who read what is asked."""
        if self.had_time():
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters are meant for something else, and so is the blank or Enter after them."""
        letters = event.text().strip()
        if letters and letters.isprintable():
            self.cancel.setFocus(Qt.FocusReason.TabFocusReason)
        super().keyPressEvent(event)


def ask_to_print(
    parent: QWidget, question: str, figures: Sequence[tuple[str, str]], then: Callable[[], object]
) -> ConfirmDialog:
    """Asks once before a paper is issued or printed: whoever meant another key gives out no duplicate."""
    dialog = ConfirmDialog(
        parent,
        question,
        _("The first print is the original. Every later one is marked as a duplicate, and noted."),
        figures=figures,
        yes=_("Print"),
    )
    dialog.accepted.connect(then)
    dialog.open()
    return dialog


class ApprovalDialog(Dialog):
    """Says what will happen, and in a step of its own asks a second person to sign with their user name and password.

    ``sign(user_name, password)`` sends the command; call :meth:`accept` when it was done, :meth:`refuse` when not.
    """

    def __init__(
        self,
        parent: QWidget | None,
        question: str,
        text: str = "",
        *,
        figures: Sequence[tuple[str, str]] = (),
        yes: str,
        no: str = "",
        sign: Callable[[str, str], object],
        reason: str = "",
    ) -> None:
        self._send = sign
        self._form, self._reason_form = Form(), Form()
        self._reason = TextField(reason) if reason else None
        if self._reason is not None:
            self._reason_form.add("reason", Field(reason, self._reason, required=True))
        self.user = TextField(_("User name"))
        self._password = PasswordField(_("Password"))
        self._form.add("user_name", Field(_("Second person’s user name"), self.user, required=True))
        self._form.add("password", Field(_("Their password"), self._password, required=True), beside=True)
        self._form.hide()
        parts: list[QWidget] = []
        if text:
            parts.append(Text(text, wrap=True))
        if figures:
            parts.append(Figures(figures))
        parts += [self._reason_form, self._form]
        self._yes = yes
        super().__init__(
            parent, question, *parts, primary=_("Continue"), cancel=no, icon="user-check", width=500
        )
        self.primary.set_text(_("Continue"))
        self._signs = QWidget()
        self._signs.setLayout(
            row(Icon("shield-check", 16), Text(_("A second person signs"), Role.SECONDARY), spacing=8)
        )
        self._signs.hide()
        self.aside.addWidget(self._signs)
        key = QShortcut(QKeySequence("Ctrl+Return"), self)
        key.activated.connect(self._on_key)
        (self._reason or self.primary).setFocus(Qt.FocusReason.TabFocusReason)

    def reason(self) -> str:
        """The reason that was typed."""
        return self._reason.text().strip() if self._reason is not None else ""

    def submit(self) -> None:
        """Goes on to the second person; sends when they have signed."""
        if not self._dangerous:
            if self._reason_form.check():
                self._ask_second()
        elif self._form.check():
            self.primary.setEnabled(False)
            self._send(self.user.text().strip(), self._password.text())

    def _on_key(self) -> None:
        if self.primary.isEnabled():
            self.submit()

    def _ask_second(self) -> None:
        """The desk is the second person's now: only their name and password can be typed."""
        self._step(signing=True)
        self.user.setFocus(Qt.FocusReason.TabFocusReason)

    def _step(self, *, signing: bool) -> None:
        self._dangerous = signing
        self._reason_form.setEnabled(not signing)
        show_if(self._form, signing)
        show_if(self._signs, signing)
        self._password.clear()
        self.primary.kind = Kind.DANGER if signing else Kind.PRIMARY
        self.primary.set_text(self._yes if signing else _("Continue"))
        self.primary.set_key("Ctrl+Return" if signing else "Return")

    def refuse(self, problem: UserError) -> None:
        """Shows what was refused and empties the password only."""
        super().refuse(problem)
        self.say_nothing_below()
        if self._reason_form.refuse(problem):
            self._step(signing=False)
            self._reason_form.refuse(problem)
            return
        self._form.refuse(problem)
        self._password.clear()
        # Whoever may not sign is replaced; a password is mistyped more often than a name.
        wrong = self._password if isinstance(problem, WrongUserOrPassword) else self.user
        wrong.setFocus(Qt.FocusReason.OtherFocusReason)
        wrong.selectAll()

    def reject(self) -> None:
        """From the second person back to what they sign; from there as every dialog."""
        if self._dangerous:
            self._step(signing=False)
            (self._reason or self.primary).setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().reject()

    def dirty(self) -> bool:
        """A typed reason is not lost without asking."""
        return bool(self._reason is not None and self._reason.text().strip())


class NoticeDialog(Dialog):
    """Tells something that must be read before going on; the details wait behind a fold."""

    def __init__(
        self, parent: QWidget | None, title: str, text: str, *, advice: str = "", details: str = ""
    ) -> None:
        super().__init__(parent, title, primary=_("Close"), icon="circle-alert", width=560)
        self.cancel.hide()
        self.notice.say(Tone.BAD, text, advice, details=details)
        self.notice.can_close(False)
