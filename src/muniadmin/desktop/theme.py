"""Colours, type and spacing of every screen: tokens for light and dark, made into one palette and one style sheet."""

import gc
from collections.abc import Iterable
from enum import StrEnum
from string import Template
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from muniadmin.kernel.shipped import resource


class Scheme(StrEnum):
    """How bright the screens are; ``SYSTEM`` follows the desktop."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


class Tone(StrEnum):
    """What a state means. A tone is always shown together with a word, never as colour alone."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    INFO = "info"


class Tokens(NamedTuple):
    """The colours of one scheme, as ``#RRGGBB``."""

    dark: bool
    background: str
    surface: str
    sunken: str
    line: str
    text: str
    muted: str
    accent: str
    accent_weak: str
    on_accent: str
    good: str
    warning: str
    bad: str
    info: str
    good_weak: str
    warning_weak: str
    bad_weak: str
    info_weak: str

    def strong(self, tone: Tone) -> str:
        """The colour in which the word of a state is written."""
        return {
            Tone.NEUTRAL: self.muted,
            Tone.ACCENT: self.accent,
            Tone.GOOD: self.good,
            Tone.WARNING: self.warning,
            Tone.BAD: self.bad,
            Tone.INFO: self.info,
        }[tone]

    def weak(self, tone: Tone) -> str:
        """The colour behind the word of a state."""
        return {
            Tone.NEUTRAL: self.sunken,
            Tone.ACCENT: self.accent_weak,
            Tone.GOOD: self.good_weak,
            Tone.WARNING: self.warning_weak,
            Tone.BAD: self.bad_weak,
            Tone.INFO: self.info_weak,
        }[tone]

    @property
    def hover(self) -> str:
        """The background of a control under the pointer."""
        return mix(self.surface, self.text, 0.05)

    @property
    def line_strong(self) -> str:
        """The edge of things to tick: 3:1 against the surface, so that they are seen."""
        return mix(self.muted, self.surface, 0.12)


LIGHT = Tokens(
    dark=False,
    background="#F5F6F8", surface="#FFFFFF", sunken="#EEF0F3",
    line="#DFE3E8", text="#18212B", muted="#586373",
    accent="#0B6B57", accent_weak="#E2F1ED", on_accent="#FFFFFF",
    good="#1B7A4B", warning="#8F5400", bad="#B3261E", info="#1D5FB4",
    good_weak="#E3F3EA", warning_weak="#FBF0DC", bad_weak="#FBE9E7", info_weak="#E6EFFA",
)  # fmt: skip

DARK = Tokens(
    dark=True,
    background="#12161B", surface="#1A2027", sunken="#151A20",
    line="#2C343D", text="#E7EBF0", muted="#9CA8B6",
    accent="#4DB79C", accent_weak="#17352E", on_accent="#06201A",
    good="#5CC48C", warning="#E3A83F", bad="#F08A80", info="#7FB0EE",
    good_weak="#15301F", warning_weak="#33270F", bad_weak="#3A1B18", info_weak="#182B45",
)  # fmt: skip

# Sizes in logical pixels; Qt scales them with the screen.
TEXT = 13
SECONDARY = 12
SMALL = 11
HEADING = 14
SECTION = 15
FIGURE = 16
UNIT = 17
TITLE = 20
AMOUNT = 35
CONTROL = 34
ROW = 36
HEADER = 52
SIDE_BAR = 208
STATUS_BAR = 28
RADIUS = 6
CARD_RADIUS = 8

FAMILIES = ["Noto Sans", "Noto Sans Arabic"]
# The first picture needs only two of them.
_FIRST_FONTS = ("NotoSans-Regular.ttf", "NotoSans-SemiBold.ttf")
_OTHER_FONTS = ("NotoSans-Bold.ttf", "NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf")


def mix(color: str, other: str, share: float) -> str:
    """``color`` with ``share`` (0 to 1) of ``other`` in it."""
    a, b = _channels(color), _channels(other)
    parts = zip(a, b, strict=True)
    return "#" + "".join(f"{round(x + (y - x) * share):02X}" for x, y in parts)


def _channels(code: str) -> tuple[int, int, int]:
    found = QColor(code)
    return found.red(), found.green(), found.blue()


def contrast(color: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, relative luminance), 1 to 21."""

    def luminance(code: str) -> float:
        channels = [part / 255 for part in _channels(code)]
        red, green, blue = (
            c / 12.92 if c <= 0.04045 else float(((c + 0.055) / 1.055) ** 2.4) for c in channels
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(color), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def with_accent(tokens: Tokens, accent: str) -> Tokens:
    """The tokens with a municipality's own accent, moved until text in it and on it can be read (4.5:1)."""
    if QColor(accent) == QColor(tokens.accent):
        return tokens
    # Towards white on dark screens, towards black on light ones, until it stands out from every surface.
    away, wanted = ("#FFFFFF", 6.0) if tokens.dark else ("#000000", 5.2)
    color = accent.upper()
    share = 0.2 if tokens.dark else 0.11
    while (
        contrast(color, tokens.surface) < wanted
        or contrast(color, mix(tokens.surface, color, share)) < wanted - 0.6
    ):
        color = mix(color, away, 0.06)
    weak = mix(tokens.surface, color, share)
    ink = max("#FFFFFF", mix(color, "#000000", 0.86), key=lambda candidate: contrast(candidate, color))
    return tokens._replace(accent=color, accent_weak=weak, on_accent=ink)


class Theme(QObject):
    """The look in force. Painted widgets read :attr:`tokens` whenever they paint."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens = LIGHT
        self.scheme = Scheme.LIGHT
        self.accent = (LIGHT.accent, DARK.accent)
        self._fonts_loaded = False

    def apply(self, scheme: Scheme | None = None, accent: tuple[str, str] | None = None) -> None:
        """Puts a scheme and an accent (for light, for dark) in force for the whole program; None leaves it as it is."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.scheme = scheme or self.scheme
        self.accent = accent or self.accent
        dark = self.scheme is Scheme.DARK or (
            self.scheme is Scheme.SYSTEM and QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        )
        before = self.tokens
        self.tokens = with_accent(DARK if dark else LIGHT, self.accent[1 if dark else 0])
        if self._fonts_loaded and self.tokens == before:
            return
        if not self._fonts_loaded:
            load_fonts(_FIRST_FONTS)
            self._fonts_loaded = True
            app.setStyle("Fusion")
        # Qt goes through all widgets there are and tells each, and what listens is Python: were a forgotten widget
        # collected meanwhile, Qt would come to a place where there is none.
        gc.disable()
        try:
            app.setFont(font())
            app.setPalette(palette(self.tokens))
            for window in app.topLevelWidgets():
                if window.styleSheet():
                    self.dress(window)
        finally:
            gc.enable()
        self.changed.emit()

    def dress(self, window: QWidget) -> None:
        """Puts the style sheet on a window, and with it on all that lies in it, for as long as it is there.

        The application has none: Qt would style all that is built anew each time that it goes into another layout.
        """
        window.setStyleSheet(style_sheet(self.tokens))


_theme: Theme | None = None


def theme() -> Theme:
    """The program's one theme."""
    global _theme
    if _theme is None:
        _theme = Theme()
    return _theme


def tokens() -> Tokens:
    """The colours in force."""
    return theme().tokens


def color(name: str) -> QColor:
    """The colour in force of a token, e.g. ``color("muted")``."""
    return QColor(getattr(theme().tokens, name))


def load_other_fonts() -> None:
    """The fonts that can wait until the first picture is on the screen."""
    load_fonts(_OTHER_FONTS)


def load_fonts(names: Iterable[str]) -> None:
    """Makes shipped fonts known to Qt: offices have machines without any font for Arabic."""
    for name in names:
        QFontDatabase.addApplicationFont(str(resource("fonts") / name))


def font(size: int = TEXT, *, semibold: bool = False) -> QFont:
    """The program's font at a size in pixels. Noto's figures are all of one width, so columns line up."""
    made = QFont(FAMILIES)
    made.setPixelSize(size)
    made.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    if semibold:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def palette(t: Tokens) -> QPalette:
    """The tokens as Qt's palette, for everything the style sheet does not name."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    made = QPalette()
    for which, code in {
        role.Window: t.background,
        role.WindowText: t.text,
        role.Base: t.surface,
        role.AlternateBase: t.sunken,
        role.Text: t.text,
        role.PlaceholderText: t.muted,
        role.Button: t.surface,
        role.ButtonText: t.text,
        role.BrightText: t.bad,
        role.Highlight: t.accent,
        role.HighlightedText: t.on_accent,
        role.Accent: t.accent,
        role.Link: t.accent,
        role.LinkVisited: t.accent,
        role.ToolTipBase: t.text,
        role.ToolTipText: t.surface,
        role.Mid: t.line,
        role.Midlight: t.line,
        role.Dark: t.line,
        role.Light: t.surface,
        role.Shadow: t.line,
    }.items():
        made.setColor(which, QColor(code))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(group.Disabled, which, QColor(mix(t.muted, t.surface, 0.35)))
    return made


def style_sheet(t: Tokens) -> str:
    """The style sheet of windows, built from the tokens. What needs more than a rule here is painted by its widget."""
    return _SHEET.substitute(_values(t))


def calendar_sheet(t: Tokens) -> str:
    """The style sheet of a calendar. In a window's it would be looked at for every widget there is."""
    return _CALENDAR.substitute(_values(t))


def _values(t: Tokens) -> dict[str, object]:
    return t._asdict() | {
        "hover": t.hover,
        "thumb": mix(t.line, t.muted, 0.25),
        "thumb_hover": mix(t.line, t.muted, 0.55),
        "disabled": mix(t.muted, t.surface, 0.35),
    }


_SHEET = Template("""
QToolTip { background: $text; color: $surface; border: 1px solid $text; padding: 4px 8px; }
QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox {
  background: $surface; color: $text; border: 1px solid $line; border-radius: 6px; padding: 0px 10px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit { min-height: 32px; max-height: 32px; }
QPlainTextEdit, QTextEdit { padding: 6px 6px; }
QLineEdit:hover, QPlainTextEdit:hover, QTextEdit:hover { border-color: $thumb_hover; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus { border-color: $accent; }
QLineEdit:disabled, QLineEdit:read-only, QPlainTextEdit:disabled { background: $sunken; color: $muted; }
QLineEdit[problem="true"], QPlainTextEdit[problem="true"] { border-color: $bad; }
QLineEdit[scale="large"] { min-height: 42px; max-height: 42px; font-size: 17px; font-weight: 600; padding: 0px 12px; }
QLineEdit[scale="scan"] { min-height: 46px; max-height: 46px; font-size: 15px; padding: 0px 12px; }
QLineEdit[look="sunken"] { background: $sunken; }

QComboBox { background: $surface; color: $text; border: 1px solid $line; border-radius: 6px; padding: 0px 10px;
  min-height: 32px; max-height: 32px; }
QComboBox:hover { border-color: $thumb_hover; }
QComboBox:focus, QComboBox:on { border-color: $accent; }
QComboBox[problem="true"] { border-color: $bad; }
QComboBox:disabled { background: $sunken; color: $muted; }
QComboBox::drop-down { border: 0px; width: 28px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $surface; color: $text; border: 1px solid $line; border-radius: 6px;
  padding: 4px; outline: 0; selection-background-color: $accent_weak; selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: 30px; padding: 0px 8px; border-radius: 4px; }

QMenu { background: $surface; color: $text; border: 1px solid $line; padding: 6px; }
QMenu::item { padding: 7px 28px 7px 12px; border-radius: 4px; }
QMenu::item:selected { background: $accent_weak; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 6px 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 0px; }

QScrollArea { background: transparent; border: 0px; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: $thumb; border-radius: 4px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $thumb_hover; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
  width: 0px; height: 0px; background: transparent; }
QAbstractScrollArea::corner { background: transparent; }

QTableView { background: transparent; color: $text; border: 0px; outline: 0; gridline-color: $line; }
QHeaderView { background: transparent; border: 0px; }
QFileDialog QHeaderView { background: $sunken; }
QTableCornerButton::section { background: transparent; border: 0px; }
QListView, QTreeView { background: transparent; border: 0px; outline: 0; }

QProgressBar { background: $sunken; border: 0px; border-radius: 4px; min-height: 8px; max-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QSplitter::handle { background: transparent; }
QDialog { background: $surface; }
""")

_CALENDAR = Template("""
QCalendarWidget QWidget { background: $surface; color: $text; alternate-background-color: $surface; }
QCalendarWidget QWidget#qt_calendar_navigationbar { background: $surface; border-bottom: 1px solid $line; }
QCalendarWidget QToolButton { color: $text; background: transparent; border: 0px; border-radius: 6px;
  padding: 6px 10px; font-weight: 600; }
QCalendarWidget QToolButton:hover { background: $hover; }
QCalendarWidget QToolButton::menu-indicator { image: none; }
QCalendarWidget QAbstractItemView { background: $surface; color: $text; outline: 0;
  selection-background-color: $accent; selection-color: $on_accent; }
QCalendarWidget QAbstractItemView:disabled { color: $disabled; }
QCalendarWidget QSpinBox { min-height: 28px; padding: 0px 6px; }
""")
