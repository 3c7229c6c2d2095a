"""The program's icons: one family of line drawings, tinted with the colour of the text they stand beside."""

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from muniadmin.desktop.theme import color
from muniadmin.kernel.shipped import resource


@cache
def _drawing(name: str) -> str:
    return (resource("icons") / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _tinted(name: str, ink: str, size: int, ratio: float) -> QPixmap:
    side = round(size * ratio)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    svg = _drawing(name).replace("currentColor", ink)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, ink: QColor | None = None, size: int = 16, ratio: float = 0) -> QPixmap:
    """The icon as a picture of ``size`` logical pixels, in ``ink`` (the muted text colour when not given)."""
    code = (ink or color("muted")).name()
    return _tinted(name, code, size, ratio or QGuiApplication.primaryScreen().devicePixelRatio())


def paint(painter: QPainter, name: str, box: QRectF, ink: QColor) -> None:
    """Draws the icon centred in ``box`` at the size of its shorter side."""
    size = round(min(box.width(), box.height()))
    picture = pixmap(name, ink, size, painter.device().devicePixelRatio())
    painter.drawPixmap(
        QRectF(box.center().x() - size / 2, box.center().y() - size / 2, size, size).topLeft(), picture
    )


def icon(name: str, ink: QColor | None = None) -> QIcon:
    """The icon for menus and actions of Qt's own making, in the colour in force now."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, ink, 16, ratio))
    return made


def program_icon() -> QIcon:
    """The program's own icon, for the window and the task bar."""
    made = QIcon()
    for side in (16, 32, 48, 128, 256):
        picture = QPixmap(QSize(side, side))
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        QSvgRenderer(str(resource("icons") / "muniadmin.svg")).render(painter)
        painter.end()
        made.addPixmap(picture)
    return made
