"""Text in the few sizes and weights there are, state pills, initials, hairlines."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QStyle, QWidget

from muniadmin.desktop import icons, theme
from muniadmin.desktop.theme import Tone, color, font, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.layouts import show_if


class Role(StrEnum):
    """What a text is on the page: its size, weight and colour."""

    BODY = "body"
    STRONG = "strong"
    MUTED = "muted"
    SECONDARY = "secondary"
    SMALL = "small"
    HEADING = "heading"
    SECTION = "section"
    TITLE = "title"
    AMOUNT = "amount"
    UNIT = "unit"
    FIGURE = "figure"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    ERROR = "error"


#: By role: pixels, whether semibold, and the token of the colour.
_LOOKS = {
    Role.BODY: (theme.TEXT, False, "text"),
    Role.STRONG: (theme.TEXT, True, "text"),
    Role.MUTED: (theme.TEXT, False, "muted"),
    Role.SECONDARY: (theme.SECONDARY, False, "muted"),
    Role.SMALL: (theme.SMALL, False, "muted"),
    Role.HEADING: (theme.HEADING, True, "text"),
    Role.SECTION: (theme.SECTION, True, "text"),
    Role.TITLE: (theme.TITLE, True, "text"),
    Role.AMOUNT: (theme.AMOUNT, True, "text"),
    Role.UNIT: (theme.UNIT, False, "muted"),
    Role.FIGURE: (theme.FIGURE, True, "text"),
    Role.GOOD: (theme.TEXT, False, "good"),
    Role.WARNING: (theme.TEXT, False, "warning"),
    Role.BAD: (theme.TEXT, False, "bad"),
    Role.ERROR: (theme.SECONDARY, False, "bad"),
}
#: The states that are told by the colour of a text.
_TELLING = (Tone.GOOD, Tone.WARNING, Tone.BAD)


class Text(QLabel):
    """A text in one of the roles. Plain text only: what users typed is never read as markup."""

    # One whose parent is dressed is styled while it is being made.
    _ink = _LOOKS[Role.BODY][2]

    def __init__(
        self, text: str = "", role: Role = Role.BODY, *, wrap: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(paint.on_screen(text), parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.set_role(role)
        self.setWordWrap(wrap)
        self._wanted = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        self._lead()
        if wrap:
            # As high as the text needs at its width: neither stretched nor kept high by Qt's own guess.
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)

    def setText(self, text: str) -> None:
        """Another text."""
        super().setText(paint.on_screen(text))

    def changeEvent(self, event: QEvent) -> None:
        """Keeps every text at its edge of the page, whichever way its own letters run; and in the colours in force."""
        super().changeEvent(event)
        kind = event.type()
        if kind is QEvent.Type.LayoutDirectionChange:
            self._lead()
        elif kind is QEvent.Type.StyleChange:
            # The window was dressed anew, or the text came into one.
            self.set_ink(self._ink)

    def setAlignment(self, alignment: Qt.AlignmentFlag) -> None:
        """Another alignment than the page's leading edge; leading and trailing are the page's, too."""
        self._wanted = alignment
        self._lead()

    def _lead(self) -> None:
        # Qt itself would turn leading and trailing for Arabic words on a French page.
        side = QStyle.visualAlignment(self.layoutDirection(), self._wanted)
        super().setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)

    def set_role(self, role: Role) -> None:
        """Another size, weight and colour."""
        size, semibold, self._usual_ink = _LOOKS[role]
        self.setFont(font(size, semibold=semibold))
        self.set_ink(self._usual_ink)

    def set_tone(self, tone: Tone) -> None:
        """The colour of a state that asks for a look, or else the usual one."""
        self.set_ink(tone.value if tone in _TELLING else self._usual_ink)

    def set_ink(self, token: str) -> None:
        """The colour of a token, whichever look is in force."""
        self._ink = token
        wanted = color(token)
        if self.palette().color(QPalette.ColorRole.WindowText) != wanted:
            palette = QPalette()
            palette.setColor(QPalette.ColorRole.WindowText, wanted)
            self.setPalette(palette)

    def sizeHint(self) -> QSize:
        """A wrapped text is as high as it is at the width it has; Qt guesses by a width of its own."""
        hint = super().sizeHint()
        if self.wordWrap() and self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            hint.setHeight(max(self.fontMetrics().height(), self.heightForWidth(self.width())))
        return hint

    def minimumSizeHint(self) -> QSize:
        """A wrapped text can do with the width of its longest word; at the width it has, it is never cut."""
        if self.wordWrap():
            advance = self.fontMetrics().horizontalAdvance
            longest = max((advance(word) for word in self.text().split()), default=0)
            edges = self.contentsMargins().left() + self.contentsMargins().right()
            height = max(self.fontMetrics().height(), self.heightForWidth(self.width()))
            return QSize(max(40, longest + 1 + edges), height)
        return super().minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another height."""
        super().resizeEvent(event)
        if self.wordWrap() and event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def selectable(self) -> "Text":
        """Lets the text be marked and copied with the mouse."""
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return self


class ElidedText(Text):
    """A text of one line, cut where there is no room, at its end or where ``cut`` says; the tool tip has it all."""

    def __init__(
        self,
        text: str = "",
        role: Role = Role.BODY,
        *,
        cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, role, parent=parent)
        self._cut = cut

    def minimumSizeHint(self) -> QSize:
        """May shrink to a few letters."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much of the text as fits."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().windowText().color())
        shown = self.fontMetrics().elidedText(self.text(), self._cut, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter.drawText(self.rect(), self.alignment() | Qt.TextFlag.TextSingleLine, shown)
        painter.end()


class Pill(QWidget):
    """A state: a word on its weak colour."""

    def __init__(self, text: str = "", tone: Tone = Tone.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_state(text, tone)

    def set_state(self, text: str, tone: Tone) -> None:
        """Another word and tone; an empty word hides the pill."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        show_if(self, bool(text))
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        """The word shown."""
        return self._text

    def sizeHint(self) -> QSize:
        """As wide as the word."""
        return QSize(round(paint.pill_width(self._text)), paint.PILL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The pill."""
        painter = QPainter(self)
        paint.pill(painter, QRectF(self.rect()), self._text, self._tone)
        painter.end()


class Initials(QWidget):
    """A round or square mark with the letters of a person or body."""

    def __init__(
        self,
        name: str = "",
        size: int = 40,
        *,
        square: bool = False,
        loud: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._size, self._square, self._loud = size, square, loud
        self._picture = QImage()
        self.setFixedSize(size, size)
        self.set_name(name)

    def set_name(self, name: str, icon: str = "") -> None:
        """Another person or body; or a thing, for which an icon stands."""
        self._letters, self._icon = paint.initials(name), icon
        self.setAccessibleName(name)
        self.update()

    def set_letters(self, letters: str) -> None:
        """Letters of one's own choosing."""
        self._letters = letters
        self.update()

    def set_picture(self, png: bytes) -> None:
        """A picture in place of the letters; none: the letters again."""
        self._picture = QImage.fromData(png)
        self.update()

    def has_picture(self) -> bool:
        """Whether a picture is shown."""
        return not self._picture.isNull()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture on white, as on paper; or letters on the accent (loud) or its weak colour."""
        painter = QPainter(self)
        if self.has_picture():
            self._paint_picture(painter)
            return
        fill, ink = ("accent", "on_accent") if self._loud else ("accent_weak", "accent")
        radius = 6 if self._square else self._size / 2
        paint.box(painter, QRectF(self.rect()), radius, color(fill))
        if self._icon:
            side = self._size / 2
            corner = QRectF(self.rect()).center() - QPointF(side / 2, side / 2)
            icons.paint(painter, self._icon, QRectF(corner, QSizeF(side, side)), color(ink))
            painter.end()
            return
        painter.setPen(color(ink))
        painter.setFont(font(round(self._size * 0.2 + 7.4), semibold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letters)
        painter.end()

    def _paint_picture(self, painter: QPainter) -> None:
        paint.box(painter, QRectF(self.rect()), 4, QColor("white"))
        room = self.rect().adjusted(1, 1, -1, -1)
        dots = self._picture.scaled(
            room.size() * self.devicePixelRatioF(),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        size = QSizeF(dots.size()) / self.devicePixelRatioF()
        corner = QRectF(room).center() - QPointF(size.width() / 2, size.height() / 2)
        painter.drawImage(QRectF(corner, size), dots)
        painter.end()


class Dot(QWidget):
    """A small round sign of a state; always stands beside the word that says it."""

    def __init__(self, tone: Tone = Tone.GOOD, size: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setFixedSize(size, size)

    def set_tone(self, tone: Tone) -> None:
        """Another state."""
        self._tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The dot."""
        painter = QPainter(self)
        paint.box(painter, QRectF(self.rect()), self.width() / 2, QColor(tokens().strong(self._tone)))
        painter.end()


class Icon(QWidget):
    """One icon of the family."""

    def __init__(self, name: str, size: int = 16, ink: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._ink = name, ink
        self.setFixedSize(size, size)

    def set_icon(self, name: str, ink: str = "muted") -> None:
        """Another icon."""
        self._name, self._ink = name, ink
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The icon in its colour."""
        painter = QPainter(self)
        icons.paint(painter, self._name, QRectF(self.rect()), color(self._ink))
        painter.end()


class Hairline(QFrame):
    """A line of one pixel between two parts of a card."""

    def __init__(self, *, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("line"))
        painter.end()
