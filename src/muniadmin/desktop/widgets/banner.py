"""Notices: a strip on the page that stays until it is answered, and a toast that goes by itself."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from muniadmin.desktop.theme import RADIUS, Tone, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.buttons import Button, IconButton, Kind, LinkButton
from muniadmin.desktop.widgets.labels import Icon, Role, Text
from muniadmin.desktop.widgets.layouts import clear, column, row, show_if
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _

WayOut = tuple[str, Callable[[], object]]
"""What a notice offers to do: the words on its button, and what it does."""

_ICONS = {
    Tone.INFO: "info",
    Tone.GOOD: "circle-check",
    Tone.WARNING: "triangle-alert",
    Tone.BAD: "circle-alert",
    Tone.NEUTRAL: "info",
    Tone.ACCENT: "info",
}


#: How long a toast is seen.
_SHOWN_MS = 4_000


class Banner(QWidget):
    """One sentence that says what happened, one that says what to do, an action, and details behind a fold.

    ``stacked`` puts the action below the words, where there is little room beside them.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None, *, margin: int = 0, stacked: bool = False) -> None:
        super().__init__(parent)
        self._tone = Tone.INFO
        self._sign = Icon("info", 18, "info")
        self._sentence = Text("", Role.STRONG, wrap=True)
        self._advice = Text("", wrap=True)
        self._details: Text = Text("", Role.SMALL, wrap=True).selectable()
        self._fold = LinkButton(_("Show details"))
        self._fold.clicked.connect(self._toggle_details)
        self._copy = LinkButton(_("Copy"))
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._details.text()))
        self._actions = row(spacing=8)
        self._close = IconButton("x", _("Close this notice"), size=22)
        self._close.clicked.connect(self.dismiss)
        words = column(
            self._sentence,
            self._advice,
            row(self._fold, self._copy, None, spacing=12),
            self._details,
            spacing=2,
        )
        line = row(self._sign, spacing=10, margins=(14, 10, 8, 10))
        line.addLayout(words, 1)
        if stacked:
            words.addSpacing(4)
            words.addLayout(row(self._actions, None))
        else:
            line.addLayout(self._actions)
        line.addWidget(self._close)
        line.setAlignment(self._sign, Qt.AlignmentFlag.AlignTop)
        line.setAlignment(self._close, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)
        self.setContentsMargins(margin, margin, margin, margin)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def say(
        self, tone: Tone, sentence: str, advice: str = "", *, details: str = "", action: WayOut | None = None
    ) -> None:
        """Shows a notice in place of the one before."""
        self._tone = tone
        self._sign.set_icon(
            _ICONS[tone], "accent" if tone is Tone.ACCENT else "muted" if tone is Tone.NEUTRAL else tone.value
        )
        self._sentence.setText(sentence)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self._details.setText(details)
        self._details.hide()
        self._copy.hide()
        self._fold.setVisible(bool(details))
        self._fold.set_text(_("Show details"))
        self.setAccessibleName(f"{sentence} {advice}".strip())
        clear(self._actions)
        if action is not None:
            text, act = action
            button = Button(text, Kind.SECONDARY, small=True)
            button.clicked.connect(lambda _checked=False: act())
            self._actions.addWidget(button)
        show_if(self, True)
        self.update()

    def show_error(self, problem: UserError, *, details: str = "", action: WayOut | None = None) -> None:
        """Shows what a command or query refused, and what to do."""
        self.say(Tone.BAD, problem.sentence(), problem.advice(), details=details, action=action)

    def can_close(self, closable: bool) -> None:
        """Whether the notice has a cross."""
        self._close.setVisible(closable)

    def dismiss(self) -> None:
        """Takes the notice away."""
        self.hide()
        self.closed.emit()

    def _toggle_details(self) -> None:
        shown = self._details.isHidden()
        self._details.setVisible(shown)
        self._copy.setVisible(shown)
        self._fold.set_text(_("Hide details") if shown else _("Show details"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The weak colour of the tone."""
        painter = QPainter(self)
        paint.box(painter, QRectF(self.contentsRect()), RADIUS, QColor(tokens().weak(self._tone)))
        painter.end()


class Toast(QWidget):
    """A short word that something went well, at the foot of the window; it goes after a few seconds."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._sign = Icon("circle-check", 16, "surface")
        self._text = Text("")
        self._text.set_ink("surface")
        self.setLayout(row(self._sign, self._text, spacing=10, margins=(16, 10, 16, 10)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, text: str) -> None:
        """Shows ``text`` for some seconds."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self.adjustSize()
        window = self.parentWidget()
        if window is not None:
            self.move(QPoint((window.width() - self.width()) // 2, window.height() - self.height() - 48))
        self.raise_()
        self.show()
        self._timer.start(_SHOWN_MS)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dark on light, light on dark: it lies above everything."""
        painter = QPainter(self)
        paint.box(painter, QRectF(self.rect()), RADIUS, QColor(tokens().text))
        painter.end()
