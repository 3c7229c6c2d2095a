"""Signing in: user name and password; in a demonstration town, one click for each role. And the lock screen."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from muniadmin.desktop import icons
from muniadmin.desktop.theme import RADIUS, SECONDARY, TEXT, Tone, color, font, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button, Kind, LinkButton
from muniadmin.desktop.widgets.cards import Card
from muniadmin.desktop.widgets.fields import PasswordField, TextField
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Icon, Initials, Role, Text
from muniadmin.desktop.widgets.layouts import clear, column, row
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import LANGUAGES, _, labelled, language

CARD_WIDTH = 400


class PersonButton(QAbstractButton):
    """One person to be signed in as, with one press."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name, self._role = name, role
        self.setAccessibleName(labelled(role, name))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(300, 52)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Lights up."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Calms down."""
        super().leaveEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses; the arrows go to the next and the previous person."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Initials, role, name."""
        painter = QPainter(self)
        t = tokens()
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        lit = self.underMouse() or self.hasFocus()
        area = QRectF(self.rect())
        paint.box(
            painter, area, RADIUS, QColor(t.hover if lit else t.surface), QColor(t.accent if lit else t.line)
        )
        mark = QRectF(area.right() - 44 if rtl else 12, 10, 32, 32)
        paint.box(painter, mark, 16, QColor(t.accent_weak))
        painter.setPen(QColor(t.accent))
        painter.setFont(font(SECONDARY, semibold=True))
        painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, paint.initials(self._name))
        words = area.adjusted(36, 8, -56, -8) if rtl else area.adjusted(56, 8, -36, -8)
        lead = (
            Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        ) | Qt.AlignmentFlag.AlignAbsolute
        painter.setPen(QColor(t.text))
        painter.setFont(font(TEXT, semibold=True))
        painter.drawText(words, lead | Qt.AlignmentFlag.AlignTop, self._role)
        painter.setPen(QColor(t.muted))
        painter.setFont(font(SECONDARY))
        painter.drawText(words, lead | Qt.AlignmentFlag.AlignBottom, self._name)
        arrow = QRectF(14 if rtl else area.right() - 28, area.center().y() - 7, 14, 14)
        icons.paint(
            painter, "arrow-left" if rtl else "arrow-right", arrow, color("accent" if lit else "line")
        )
        painter.end()


class EntryView(QWidget):
    """A card in the middle of an empty window; what stands before the frame."""

    language_chosen = Signal(str)

    def __init__(self, *, width: int = CARD_WIDTH) -> None:
        super().__init__()
        self.card = Card(padding=32, spacing=0)
        self.card.setFixedWidth(width)
        self._languages = QHBoxLayout()
        self._languages.setSpacing(16)
        self._languages.addStretch(1)
        for code, name in LANGUAGES.items():
            if code == language():
                self._languages.addLayout(row(Icon("check", 14), Text(name, Role.STRONG), spacing=4))
                continue
            button = LinkButton(name)
            button.clicked.connect(lambda _checked=False, code=code: self.language_chosen.emit(code))
            self._languages.addWidget(button)
        self._languages.addStretch(1)
        self.middle = row(None, self.card, None, spacing=16)
        self.setLayout(
            column(None, self.middle, 20, self._languages, None, spacing=0, margins=(24, 24, 24, 24))
        )


class SignInView(EntryView):
    """User name and password. ``submitted`` carries both; the frame answers with :meth:`refuse` or goes on."""

    submitted = Signal(str, str)
    other_database = Signal()

    def __init__(self, municipality: str, user_name: str = "") -> None:
        super().__init__()
        name = municipality or "MuniAdmin"
        self._mark = Initials(name, 40, square=True, loud=True)
        self._mark.set_letters(name.split()[-1][:1].upper())
        self._name = Text(name, Role.TITLE, wrap=True)
        self.notice = Banner(stacked=True)
        self.notice.hide()
        self.form = Form()
        self.user = TextField(_("User name"))
        self.user.setText(user_name)
        self.password = PasswordField(_("Password"))
        self.form.add("user_name", Field(_("User name"), self.user, required=True))
        self.form.add("password", Field(_("Password"), self.password, required=True))
        self.form.submitted.connect(self.submit)
        self.button = Button(_("Sign in"), Kind.PRIMARY, key="Return", bind=False)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.submit)
        self._state = Text(_("Opening the database…"), Role.SECONDARY)
        self._state.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._ready = False
        self._waiting = False
        head = row(self._mark, spacing=14)
        head.addLayout(column(self._name, Text(_("Sign in to begin"), Role.MUTED), spacing=0), 1)
        self.card.body.addLayout(head)
        self.card.body.addSpacing(22)
        self.card.body.addLayout(column(self.notice, self.form, spacing=16))
        self.card.body.addSpacing(20)
        self.card.body.addWidget(self.button)
        self.card.body.addSpacing(12)
        self.card.body.addWidget(self._state)
        self.card.body.addStretch(1)
        self._people = column(spacing=8)
        self.people_card = Card(padding=24, spacing=0)
        self.people_card.body.addWidget(Text(_("Demonstration town"), Role.SECTION))
        about = Text(_("Nothing here is real. Choose who you want to be."), Role.MUTED, wrap=True)
        self.people_card.body.addWidget(about)
        self.people_card.body.addSpacing(14)
        self.people_card.body.addLayout(self._people)
        self.people_card.body.addStretch(1)
        self.people_card.setFixedWidth(380)
        self.people_card.hide()
        self.middle.insertWidget(2, self.people_card)

    def opened(self, municipality: str) -> None:
        """The database is open: signing in can begin, or goes on if it was already asked for."""
        self._ready = True
        self._name.setText(municipality)
        self._mark.set_letters(municipality.rsplit(maxsplit=1)[-1][:1].upper())
        self._state.setText("")
        self.button.setEnabled(True)
        if self._waiting:
            self._waiting = False
            self.submit()

    def offer(self, people: Sequence[tuple[str, str, str, str]]) -> None:
        """Offers the users of a demonstration town: (name, role, user name, password)."""
        clear(self._people)
        for name, role, user_name, password in people:
            button = PersonButton(name, role)
            button.clicked.connect(
                lambda _checked=False, one=user_name, secret=password: self._send(one, secret)
            )
            self._people.addWidget(button)
        self.people_card.setVisible(bool(people))

    def take_focus(self) -> None:
        """The cursor stands where typing begins."""
        (self.password if self.user.text() else self.user).setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Sends what is typed, at once or as soon as the database is open; once, however often Enter is pressed."""
        if not self.button.isEnabled() or not self.form.check():
            return
        if self._ready:
            self._send(self.user.text().strip(), self.password.text())
        else:
            self.button.setEnabled(False)
            self._waiting = True

    def _send(self, user_name: str, password: str) -> None:
        if self.button.isEnabled():
            self.button.setEnabled(False)
            self._state.setText(_("Signing in…"))
            self.submitted.emit(user_name, password)

    def refuse(self, problem: UserError) -> None:
        """Says why not; the user name stays."""
        self.unlock()
        self.notice.show_error(problem)
        self.password.clear()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def unlock(self) -> None:
        """May be tried again: what was sent came to nothing."""
        self._waiting = False
        self._state.setText("")
        self.button.setEnabled(True)

    def cannot_open(self, problem: UserError) -> None:
        """The database cannot be opened: says why, and offers another one."""
        self._state.setText("")
        self.button.setEnabled(False)
        self.notice.show_error(problem, action=(_("Another database"), self.other_database.emit))


class LockView(EntryView):
    """The screen of a user who went away: only they come back, everything is as they left it."""

    submitted = Signal(str)
    signed_out = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.notice = Banner(stacked=True)
        self.notice.hide()
        self.password = PasswordField(_("Password"))
        self.form = Form()
        self.form.add("password", Field(_("Password"), self.password, required=True))
        self.form.submitted.connect(self.submit)
        self.button = Button(_("Unlock"), Kind.PRIMARY, key="Return", bind=False)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.submit)
        leave = LinkButton(_("Sign out"))
        leave.clicked.connect(self.signed_out)
        head = row(Initials(name, 40), spacing=14)
        head.addLayout(column(Text(name, Role.SECTION), Text(_("Locked"), Role.MUTED), spacing=0), 1)
        for part in (head, self.notice, self.form, self.button):
            if isinstance(part, QWidget):
                self.card.body.addWidget(part)
            else:
                self.card.body.addLayout(part)
            self.card.body.addSpacing(16)
        self.card.body.addLayout(row(None, leave, None))

    def ask_leaving(self, leave: Callable[[], object]) -> None:
        """Unsaved typing would be lost: asks here, where nothing lies above."""
        self.notice.say(
            Tone.WARNING,
            _("There is unsaved typing. It will be lost."),
            action=(_("Leave"), leave),
        )

    def take_focus(self) -> None:
        """The cursor stands in the password."""
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Sends the password, once until it is answered."""
        if self.button.isEnabled() and self.form.check():
            self.button.setEnabled(False)
            self.submitted.emit(self.password.text())

    def refuse(self, problem: UserError) -> None:
        """Says why not."""
        self.unlock()
        self.notice.show_error(problem)
        self.password.clear()
        self.take_focus()

    def unlock(self) -> None:
        """May be tried again: what was sent came to nothing."""
        self.button.setEnabled(True)
