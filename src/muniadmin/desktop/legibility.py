"""What a person could not read of a window: words and figures that are cut, widgets over each other or out of place.

Every visible widget is drawn once more on a device that keeps no pixels but what was written, where, and within which
clip. So it is judged what is drawn, by Qt and by our own widgets, not what some size hint promises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from unicodedata import category

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPaintDevice, QPaintEngine, QPaintEngineState, QRegion, QTextItem
from PySide6.QtWidgets import QAbstractScrollArea, QHeaderView, QLineEdit, QScrollArea, QScrollBar, QWidget

from muniadmin.desktop.widgets.paint import on_screen
from muniadmin.desktop.widgets.row_view import RowView

# Ink may come as near to an edge as letters are smoothed.
_SMOOTH = 1.0
_ELLIPSIS = "…"
# What is wrong if its end is left out: an amount, a day.
_FIGURE = re.compile(r"\d[.,]\d\d(?!\d)|\d\d[/.-]\d\d[/.-]\d{2,4}")


@dataclass(frozen=True)
class Drawn:
    """A text as it was written, one direction of writing at a time: where, and within what it can be seen."""

    text: str
    ink: QRectF
    seen: QRectF


class _Reader(QPaintEngine):
    """Notes every text, without the marks that only steer its direction, and draws nothing."""

    def __init__(self, area: QRectF) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self._area = area
        self.drawn: list[Drawn] = []

    def begin(self, _device: QPaintDevice) -> bool:
        self.setActive(True)
        return True

    def end(self) -> bool:
        self.setActive(False)
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: QPaintEngineState) -> None:
        """The painter itself knows its clip."""

    def drawTextItem(self, at: Any, item: QTextItem) -> None:
        painter = self.painter()
        place = painter.worldTransform()
        text = _plain(item.text())
        if text.strip():
            tall = QFontMetricsF(item.font()).tightBoundingRect(text)
            ink = place.mapRect(QRectF(at.x(), at.y() + tall.top(), item.width(), tall.height()))
            clip = place.mapRect(painter.clipBoundingRect()) if painter.hasClipping() else self._area
            self.drawn.append(Drawn(text, ink, clip & self._area))

    def _nothing(self, *_what: Any, **_how: Any) -> None:
        pass

    drawRects = drawLines = drawPath = drawPoints = drawPolygon = drawEllipse = _nothing
    drawPixmap = drawTiledPixmap = drawImage = _nothing


class _Page(QPaintDevice):
    """A device of a widget's size."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self._widget = widget
        self.reader = _Reader(QRectF(widget.rect()))

    def paintEngine(self) -> QPaintEngine:
        return self.reader

    def metric(self, which: QPaintDevice.PaintDeviceMetric) -> int:
        return self._widget.metric(which)


def drawn_on(widget: QWidget) -> list[Drawn]:
    """The texts that a widget draws itself, without its children, in its own coordinates."""
    page = _Page(widget)
    widget.render(page, QPoint(), QRegion(), QWidget.RenderFlag(0))
    return page.reader.drawn


def illegible(window: QWidget) -> list[str]:
    """A sentence for everything in a window, or a part of it, that cannot be read or lies where it should not."""
    if not window.isVisible():
        return [f"{_named(window)}: it is not shown"]
    found = list(_beyond_the_screen(window))
    for widget in (window, *window.findChildren(QWidget)):
        if widget.isVisible() and (widget is window or widget.window() is window.window()):
            name = _named(widget)
            found += [f"{name}: {problem}" for problem in (*_misplaced(widget), *_cut(widget))]
    return found


def _beyond_the_screen(window: QWidget) -> Iterator[str]:
    screen, size = window.screen().availableGeometry(), window.frameGeometry()
    if not window.isWindow():
        return
    if size.width() > screen.width() or size.height() > screen.height():
        yield f"{_named(window)}: {_size(size)} on a screen of {_size(screen)}"
    for area in window.findChildren(QScrollArea, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if area.verticalScrollBar().maximum() > 0 and size.height() < screen.height():
            yield f"{_named(window)}: it scrolls although the screen has room"


def _misplaced(widget: QWidget) -> Iterator[str]:
    parent, place = widget.parentWidget(), widget.geometry()
    if isinstance(widget, QScrollBar):
        if widget.orientation() is Qt.Orientation.Horizontal and widget.maximum() > widget.minimum():
            yield "it scrolls sideways"
    elif parent is not None and not widget.isWindow() and not place.isEmpty():
        room = parent.rect()
        if _scrolled_by(parent) is not None:
            room = QRect(0, place.top(), room.width(), place.height())
        if not room.contains(place):
            yield f"{_edges(place)} is not within {_named(parent)}, {_edges(room)}"
    beside = [
        child
        for child in widget.children()
        if isinstance(child, QWidget)
        and child.isVisible()
        and not child.isWindow()
        # What the pointer goes through is an ornament above others.
        and not child.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    ]
    for one, other in combinations(beside, 2):
        if one.geometry().intersects(other.geometry()):
            yield f"{_named(one)} lies over {_named(other)}"


def _cut(widget: QWidget) -> Iterator[str]:
    area = _scrolled_by(widget)
    scrolls = area is not None and area.verticalScrollBar().maximum() > 0
    drawn = drawn_on(widget)
    for one in drawn:
        ink, seen = one.ink, one.seen
        if scrolls and seen.isEmpty():
            continue  # below the last row that is wholly in view
        sideways = ink.left() < seen.left() - _SMOOTH or ink.right() > seen.right() + _SMOOTH
        upright = ink.top() < seen.top() - _SMOOTH or ink.bottom() > seen.bottom() + _SMOOTH
        if (
            isinstance(widget, QLineEdit)
            and one.text in widget.displayText()
            and not _FIGURE.search(one.text)
        ):
            sideways = False  # what is typed scrolls in its field
        if sideways or (upright and not scrolls):
            yield f"“{one.text}” is cut: {_edges(ink)} within {_edges(seen)}"
        if _ELLIPSIS in one.text:
            yield from _elided(widget, area or widget, one)
    for one, other in combinations(drawn, 2):
        # What is selected in a field is drawn once more, in its own colour.
        if one.text != other.text and one.ink.adjusted(1, 1, -1, -1).intersects(other.ink):
            yield f"“{one.text}” lies over “{other.text}”"


def _elided(widget: QWidget, owner: QWidget, drawn: Drawn) -> Iterator[str]:
    if isinstance(owner, RowView):
        at = drawn.ink.center().toPoint()
        column, entry = owner.rows.columns[owner.columnAt(at.x())], owner.rows.row(owner.rowAt(at.y()))
        said = [column.first_line(entry), owner.second_line(column, entry)[0]] if entry else []
        may_be_cut, told = not column.is_whole, said
    else:
        said = [str(widget.property(name) or "") for name in ("text", "placeholderText", "currentText")]
        said += [action.text() for action in widget.actions()]
        may_be_cut, told = not isinstance(owner, QHeaderView), [widget.toolTip()]
    if any(drawn.text in _plain(text) for text in said):
        return  # a text that says … itself
    parts = [part.strip() for part in drawn.text.split(_ELLIPSIS)]
    whole = next((text for text in map(_plain, told) if text and all(part in text for part in parts)), "")
    if not (may_be_cut and whole):
        yield f"“{drawn.text}” is left incomplete"
    elif _FIGURE.findall(whole) != _FIGURE.findall(drawn.text):
        yield f"“{drawn.text}” leaves a figure out of “{whole}”"


def _scrolled_by(widget: QWidget) -> QAbstractScrollArea | None:
    """The area whose viewport a widget is."""
    area = widget.parentWidget()
    return area if isinstance(area, QAbstractScrollArea) and area.viewport() is widget else None


def _plain(text: str) -> str:
    return "".join(letter for letter in on_screen(text) if category(letter) != "Cf")


def _named(widget: QWidget) -> str:
    said = widget.accessibleName() or str(widget.property("text") or "")
    if not said and isinstance(widget, QLineEdit):
        said = widget.placeholderText()
    inside = widget.parentWidget()
    owner = f" in {type(inside).__name__}" if inside is not None and not said else ""
    return f"{type(widget).__name__}" + (f" “{said[:60]}”" if said else owner)


def _edges(place: QRect | QRectF) -> str:
    return f"{place.left():.0f}…{place.right():.0f} × {place.top():.0f}…{place.bottom():.0f}"


def _size(place: QRect) -> str:
    return f"{place.width()} × {place.height()}"
