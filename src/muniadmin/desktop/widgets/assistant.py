"""An assistant: one thing at a time, the steps named at the side, nothing lost on the way back."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from muniadmin.desktop import icons
from muniadmin.desktop.theme import SECONDARY, TEXT, Tone, color, font
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.cards import Scroller
from muniadmin.desktop.widgets.focus_ring import WIDTH as RING
from muniadmin.desktop.widgets.labels import Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.paint import key_text
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _


class Steps(QWidget):
    """The names of the steps: done ones ticked, the current one in the accent."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = list(names)
        self._current = 0
        self.setFixedWidth(220)
        self.setMinimumHeight(36 * len(names) + 16)

    def set_current(self, number: int) -> None:
        """Moves to a step."""
        self._current = number
        self.setAccessibleName(
            _("Step {number} of {count}: {name}").format(
                number=number + 1, count=len(self._names), name=self._names[number]
            )
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A number or tick and the name of each step."""
        painter = QPainter(self)
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for number, name in enumerate(self._names):
            top = 36 * number
            x = self.width() - 24 if rtl else 0
            mark = QRectF(x, top + 6, 24, 24)
            current, done = number == self._current, number < self._current
            fill = color("accent") if current else color("accent_weak") if done else color("sunken")
            paint.box(painter, mark, 12, fill)
            ink = color("on_accent") if current else color("accent") if done else color("muted")
            if done:
                icons.paint(painter, "check", mark.adjusted(5, 5, -5, -5), ink)
            else:
                painter.setPen(ink)
                painter.setFont(font(SECONDARY, semibold=True))
                painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, str(number + 1))
            painter.setPen(color("text") if current or done else color("muted"))
            painter.setFont(font(TEXT, semibold=current))
            area = QRectF(0, top, self.width() - 34, 36) if rtl else QRectF(34, top, self.width() - 34, 36)
            side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
            painter.drawText(
                area, side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, name
            )
        painter.end()


class Step(QWidget):
    """One step. Override :meth:`ready` to check it before going on, :meth:`entered` to fill it.

    The body is as high as it needs to be, or with ``fill`` takes all the room there is.
    """

    changed = Signal()
    #: Whether what follows this step cannot be undone: it has a key of its own, and Enter does not reach it.
    commits = False

    def __init__(self, label: str, heading: str, text: str = "", *, fill: bool = False) -> None:
        super().__init__()
        self.label = label
        self.setAccessibleName(heading)
        self.setProperty("ring", "true")
        self.body = column(spacing=14)
        head = column(Text(heading, Role.TITLE, wrap=True), spacing=4)
        if text:
            head.addWidget(Text(text, Role.MUTED, wrap=True))
        outer = column(head, spacing=20, margins=(RING, RING, RING, RING))
        outer.addLayout(self.body, 1 if fill else 0)
        if not fill:
            outer.addStretch(1)
        self.setLayout(outer)

    def entered(self) -> None:
        """Called whenever the step comes to the front."""

    def ready(self) -> bool:
        """Whether the assistant may go on; shows beside the fields why not."""
        return True

    def next_label(self) -> str:
        """The word on the button that goes on; empty for the usual one."""
        return ""


class StepAssistant(QWidget):
    """Steps at the side, the current step in the middle, Back and Continue at the foot. Enter goes on, unless that
    cannot be undone; Esc goes back."""

    finished = Signal()
    cancelled = Signal()

    def __init__(self, steps: Sequence[Step], *, finish: str, cancel: str = "") -> None:
        super().__init__()
        self._steps = list(steps)
        self._finish = finish
        #: Asked with the number of the step to leave; False keeps the assistant where it is.
        self.before_next: Callable[[int], bool] = lambda _number: True
        self.names = Steps([step.label for step in steps])
        self.stack = QStackedWidget()
        for step in steps:
            self.stack.addWidget(Scroller(step))
        self.notice = Banner()
        self.notice.hide()
        self.back = Button(_("Back"), icon="arrow-left")
        self.back.clicked.connect(self.go_back)
        self.next = Button(_("Continue"), Kind.PRIMARY, key="Return", bind=False)
        self.next.clicked.connect(self.go_on)
        self.cancel = Button(cancel or _("Cancel"), Kind.QUIET, key="")
        self.cancel.clicked.connect(self.cancelled)
        side = column(self.names, None, margins=(28, 28, 20, 24))
        main = column(spacing=14, margins=(28 - RING, 28 - RING, 32 - RING, 24 - RING))
        main.addWidget(self.notice)
        main.addWidget(self.stack, 1)
        foot = row(self.cancel, None, self.back, self.next, spacing=8, margins=(24, 14, 32, 14))
        middle = row(spacing=0)
        middle.addLayout(side)
        middle.addWidget(Hairline(vertical=True))
        middle.addLayout(main, 1)
        outer = column(spacing=0)
        outer.addLayout(middle, 1)
        outer.addWidget(Hairline())
        outer.addLayout(foot)
        self.setLayout(outer)
        key = QShortcut(QKeySequence("Ctrl+Return"), self)
        key.activated.connect(self.next.click)
        self.show_step(0)

    @property
    def current(self) -> int:
        """The number of the step in front."""
        return self.stack.currentIndex()

    def show_step(self, number: int) -> None:
        """Brings a step to the front."""
        self.stack.setCurrentIndex(number)
        self.names.set_current(number)
        self.notice.hide()
        self.show_next_label()
        self.back.setVisible(number > 0)
        step = self._steps[number]
        step.entered()
        if self.stack.currentWidget() is self.focusWidget():
            # Where the step before had the keyboard Qt gives it to what scrolls, which nobody sees or hears of.
            step.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_next_label(self) -> None:
        """Writes on the button what it will do."""
        last = self.current == len(self._steps) - 1
        own = self._steps[self.current].next_label()
        self.next.set_text(own or (self._finish if last else _("Continue")))
        self.next.set_key("Ctrl+Return" if self._steps[self.current].commits else "Return")

    def go_on(self) -> None:
        """To the next step, or done, when the current one is ready."""
        if not self._steps[self.current].ready() or not self.before_next(self.current):
            return
        if self.current == len(self._steps) - 1:
            self.finished.emit()
        else:
            self.show_step(self.current + 1)

    def go_back(self) -> None:
        """To the step before; everything typed stays."""
        if self.current:
            self.show_step(self.current - 1)

    def refuse(self, problem: UserError) -> None:
        """Shows what was refused."""
        self.next.setEnabled(True)
        self.notice.show_error(problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on from anywhere, Esc back, from the first step out of it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self.next.isEnabled():
                return
            if self._steps[self.current].commits:
                how = _("Press {key} for “{action}”, or Esc to go back.")
                self.notice.say(Tone.INFO, how.format(key=key_text("Ctrl+Return"), action=self.next.text()))
            else:
                self.go_on()
        elif event.key() == Qt.Key.Key_Escape and self.back.isVisibleTo(self):
            self.back.click()
        elif event.key() == Qt.Key.Key_Escape and self.cancel.isVisibleTo(self):
            self.cancel.click()
        else:
            super().keyPressEvent(event)
