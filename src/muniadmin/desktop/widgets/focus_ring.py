"""The weak ring of three pixels around the control that has the keyboard."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)
from shiboken6 import isValid

from muniadmin.desktop.theme import RADIUS, mix, tokens

WIDTH = 3


class FocusRing(QWidget):
    """Follows the focus through one window. It lies above the control's neighbours and lets every click through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._around: QWidget | None = None
        self._watched: list[QWidget] = []
        # Once everything that changed in one go has its place.
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(0)
        self._settling.timeout.connect(self._keep_in_sight)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        if not isValid(self) or not isValid(self._window):
            return
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        self._around = None
        if now is None or now.window() is not self._window or not _has_ring(now):
            self.hide()
            return
        self._around = now
        _scroll_to(now)
        # The ring lives where the control scrolls, so that it moves and is cut off with it.
        home = now.parentWidget()
        self._watched = [now]
        while home is not None and home is not self._window and not _scrolls(home):
            self._watched.append(home)
            home = home.parentWidget()
        if home is not None and _scrolls(home):
            self._watched.append(_viewport_of(home))
        home = home or self._window
        if self.parentWidget() is not home:
            self.setParent(home)
        for widget in self._watched:
            widget.installEventFilter(self)
        self._place()
        self._settling.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps the ring around the control as it moves, grows or hides, and the control in sight when others grow. Who
        scrolls by hand moves none of those that are watched."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self._settling.start()
        if event.type() in (
            QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.ZOrderChange,
        ):  # fmt: skip
            self._place()
        return False

    def _keep_in_sight(self) -> None:
        if self._around is not None and isValid(self._around) and self._around.isVisible():
            _scroll_to(self._around)

    def _place(self) -> None:
        around, home = self._around, self.parentWidget()
        if around is None or not isValid(around) or home is None or not around.isVisible():
            self.hide()
            return
        corner = around.mapTo(home, QPoint(0, 0))
        self.setGeometry(QRect(corner, around.size()).adjusted(-WIDTH, -WIDTH, WIDTH, WIDTH))
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring."""
        if self._around is None or not isValid(self._around):
            return
        t = tokens()
        problem = self._around.property("problem") == "true"
        shade = t.bad_weak if problem else mix(t.accent_weak, t.accent, 0.12)
        radius = self._around.property("radius") or RADIUS
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        ring = QPainterPath()
        ring.addRoundedRect(area, radius + WIDTH - 0.5, radius + WIDTH - 0.5)
        inner = QPainterPath()
        inner.addRoundedRect(area.adjusted(WIDTH, WIDTH, -WIDTH, -WIDTH), radius, radius)
        painter.fillPath(ring.subtracted(inner), QColor(shade))
        painter.end()


def _scroll_to(widget: QWidget) -> None:
    """Whatever the widget scrolls in shows it, with room for the ring."""
    place = widget.parentWidget()
    while place is not None:
        if isinstance(place, QScrollArea) and (content := place.widget()) is not None:
            # Of a field Qt alone would show where its cursor is, and cut its edge.
            middle = widget.mapTo(content, widget.rect().center())
            across, down = widget.width() // 2 + 2 * WIDTH, widget.height() // 2 + 4 * WIDTH
            place.ensureVisible(middle.x(), middle.y(), across, down)
        place = place.parentWidget()


def _viewport_of(content: QWidget) -> QWidget:
    viewport = content.parentWidget()
    assert viewport is not None
    return viewport


def _scrolls(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    outer = parent.parentWidget() if parent is not None else None
    return isinstance(outer, QAbstractScrollArea) and outer.viewport() is parent


def _has_ring(widget: QWidget) -> bool:
    if widget.property("ring") == "none":
        return False
    return (
        isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QPlainTextEdit)
        or widget.property("ring") == "true"
    )
