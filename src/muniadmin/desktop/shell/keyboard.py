"""Where every key comes by before any control sees it: the scanner's are taken out, the others go on as they were.

A scanner types as a keyboard does, only faster than anybody can: letters that follow each other at that pace are held
back until it is clear whether they are a scan, a few hundredths of a second at most. A scan's letters reach no control;
of all others nothing is lost and nothing changes its order. What a scan opens is decided in ``scans``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextCursor, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from shiboken6 import isValid

from muniadmin.desktop.shell.scanner import SHORTEST, Reading, Setting, is_mostly_figures, read_scan

#: Milliseconds from one key to the next, by the keys' own times: a scanner's are closer, a person's hardly ever.
PACE = 40
#: A scan may be held up in its middle, by a busy computer or a poor radio link: so often, and so long each time.
_TIMES_HELD_UP, _HELD_UP = 2, 3_000
#: As long after its end a scan's second line end, or one that came late, is the scanner's still; nobody is so fast.
AFTERWARDS = 150

_PRESSED, _RELEASED, _OVERRIDE = QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride
_WATCHED = frozenset((_PRESSED, _RELEASED, _OVERRIDE, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel))
_ENDS = frozenset((Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab))
_HELD_DOWN = frozenset(
    (
        Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_Mode_switch,
    )
)  # fmt: skip
#: What scanners put around a code as control letters: STX, ETX, the separator of GS1.
_CONTROL_LETTERS = frozenset("\x02\x03\x1d")
#: Keys of ours that Qt's own fields keep for themselves on Linux (end of the line, delete up to it), as Emacs has them.
_OURS_IN_FIELDS = frozenset((Qt.Key.Key_E, Qt.Key.Key_K))
_LOCK = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_L)


class Keyboard(QObject):
    """Watches the whole application. ``take(reading)`` answers whether a scan was taken; else its letters go on as they
    were typed. ``somebody_there`` is called for every key, press and turn of the wheel; ``lock`` for Ctrl+L while a
    dialog or a menu is open, which keeps the window's own keys from it."""

    def __init__(
        self,
        parent: QObject,
        take: Callable[[Reading], bool],
        somebody_there: Callable[[], object],
        lock: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self._take, self._somebody_there, self._lock = take, somebody_there, lock
        self.setting = Setting()
        self._window: QWindow | None = None
        self._held: list[QKeyEvent] = []
        self._text = ""
        self._began = self._last = self._ended = 0
        #: The runs of letters let go last, which may have been the beginning of a scan that was held up.
        self._let: list[_Run] = []
        self._letting_go = False
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(PACE + 5)
        self._hold.timeout.connect(self._on_silence)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Holds back what may be a scan."""
        kind = event.type()
        if kind not in _WATCHED or self._letting_go:
            return False
        if not isinstance(event, QKeyEvent):
            self._somebody_there()
            self._let_go(for_good=True)
            return False
        if kind is _OVERRIDE:
            return self._override(watched, event)
        if not isinstance(watched, QWindow):
            return False
        self._somebody_there()
        return self._press(watched, event) if kind is _PRESSED else self._release(event)

    # --- keys -------------------------------------------------------------------------------------------------

    def _press(self, window: QWindow, event: QKeyEvent) -> bool:
        at, key = event.timestamp(), event.key()
        if key in _HELD_DOWN:
            return False
        if self._held and at - self._last > PACE:
            self._on_gap(at, key)
        if at - self._last > _HELD_UP:
            self._let = []
        # A key without a time was sent by a program; one that repeats is held down by a finger.
        if not at or event.isAutoRepeat():
            self._let_go(for_good=True)
            return False
        if key in _ENDS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return self._end(at)
        if not _is_letter(event):
            self._let_go(for_good=True)
            return self._locks(event)
        if not self._held:
            self._began, self._window = at, window
        self._hold_back(event)
        self._text += event.text()
        self._last = at
        self._hold.start()
        return True

    def _locks(self, event: QKeyEvent) -> bool:
        in_the_way = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if event.keyCombination() != _LOCK or in_the_way is None:
            return False
        self._lock()
        return True

    def _on_gap(self, at: int, key: int) -> None:
        """The window was busy, and this key comes later than a scan's next letter would. It may be a late line end; a
        number that is whole is taken, and of the text of a square code more may come."""
        # What reads papers is slow to import, and this is imported before the first picture.
        from muniadmin.documents.scanned import is_square_code

        if key in _ENDS and at - self._last <= PACE + AFTERWARDS:
            return
        if (key in _ENDS or not is_square_code(self._text)) and self._is_scan(ended=False):
            self._ended = self._last + PACE
        else:
            self._let_go()

    def _release(self, event: QKeyEvent) -> bool:
        if any(each.key() == event.key() and each.type() is _PRESSED for each in self._held):
            self._hold_back(event)
            return True
        return False

    def _override(self, watched: QObject, event: QKeyEvent) -> bool:
        """Within a scan no letter is a shortcut; and ours work in fields, too."""
        if len(self._held) > 1 and 0 < event.timestamp() - self._last <= PACE:
            event.accept()
            return True
        return (
            event.modifiers() == Qt.KeyboardModifier.ControlModifier
            and event.key() in _OURS_IN_FIELDS
            and isinstance(watched, QLineEdit | QPlainTextEdit)
        )

    def _end(self, at: int) -> bool:
        if self._held:
            if self._is_scan():
                self._ended = at
                return True
            self._let_go(for_good=True)
            return False
        # A second line end, which a scanner may send, too.
        if self._ended and at - self._ended <= AFTERWARDS:
            return True
        # One that came when the letters had been let go.
        if at - self._last <= PACE + AFTERWARDS and self._is_scan():
            self._ended = at
            return True
        return False

    # --- deciding ---------------------------------------------------------------------------------------------

    def _is_scan(self, *, ended: bool = True) -> bool:
        """Whether what is held, with what was let go before it, was a scan and somebody took it; then it is forgotten
        here."""
        found = self._whole(ended)
        if found is None:
            return False
        whole, reading = found
        as_it_is = _Standing.in_focus()
        if whole.field is not None:
            whole.field.restore()
        if not self._take(replace(reading, pace=(whole.last - whole.began) / (len(whole.text) - 1))):
            if whole.field is not None and as_it_is is not None:
                as_it_is.restore()
            return False
        self._forget()
        self._let = []
        return True

    def _whole(self, ended: bool) -> "tuple[_Run, Reading] | None":
        """The scan that the last letters are, if they are one. Nobody types a number of ours within so few runs; a code
        of others has no check letter, so its letters must be a scanner's on average, and its end must have come."""
        runs = self._let
        if self._held:
            runs = [*runs, _Run(self._text, self._began, self._last)]
        wholes = [_Run.joined(runs[first:]) for first in reversed(range(len(runs)))]
        wholes = [whole for whole in wholes if len(whole.text) >= SHORTEST]
        for whole in wholes:
            if (reading := read_scan(whole.text, self.setting)).is_ours:
                return whole, reading
        for whole in reversed(wholes if ended else []):
            if whole.at_pace and is_mostly_figures(whole.text):
                return whole, read_scan(whole.text, self.setting)
        return None

    def _on_silence(self) -> None:
        # What came meanwhile and waits to be delivered comes first: the next letter may be among it.
        QTimer.singleShot(0, self, self._silent)

    def _silent(self) -> None:
        if not self._held or self._hold.isActive():
            return
        last = self._last
        # Nobody types a number of ours with its check letter at that pace: this scanner sends no end, or sends it late.
        if self._is_scan(ended=False):
            self._ended = last + PACE
            return
        self._let_go()

    # --- holding ----------------------------------------------------------------------------------------------

    def _hold_back(self, event: QKeyEvent) -> None:
        kept = QKeyEvent(
            event.type(),
            event.key(),
            event.modifiers(),
            event.nativeScanCode(),
            event.nativeVirtualKey(),
            event.nativeModifiers(),
            event.text(),
            event.isAutoRepeat(),
            event.count(),
        )
        kept.setTimestamp(event.timestamp())
        self._held.append(kept)

    def _forget(self) -> list[QKeyEvent]:
        held, self._held, self._text = self._held, [], ""
        self._hold.stop()
        return held

    def _let_go(self, *, for_good: bool = False) -> None:
        """What was held was typed by a person: it goes where the keyboard is. Unless it is clear ``for_good``, more of
        the same scan may come."""
        if self._held:
            run = _Run(self._text, self._began, self._last, field=_Standing.in_focus())
            self._let = [*self._let, run][-_TIMES_HELD_UP:]
            self._send(self._forget())
        if for_good:
            self._let = []

    def _send(self, held: list[QKeyEvent]) -> None:
        window = self._window
        self._letting_go = True
        try:
            for event in held:
                if window is None or not isValid(window) or not window.isVisible():
                    window = QGuiApplication.focusWindow()
                if window is not None:
                    QApplication.sendEvent(window, event)
        finally:
            self._letting_go = False


@dataclass
class _Standing:
    """A field as it was before letters went into it: its text, and what was marked, from where to the cursor."""

    field: QLineEdit | QPlainTextEdit
    text: str
    anchor: int
    cursor: int

    @classmethod
    def in_focus(cls) -> "_Standing | None":
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit):
            cursor, start = field.cursorPosition(), field.selectionStart()
            # Marked from one end or the other; nothing is marked where Qt says -1.
            anchor = cursor if start < 0 else field.selectionEnd() if start == cursor else start
            return cls(field, field.text(), anchor, cursor)
        if isinstance(field, QPlainTextEdit):
            at = field.textCursor()
            return cls(field, field.toPlainText(), at.anchor(), at.position())
        return None

    def restore(self) -> None:
        field = self.field
        if not isValid(field) or not field.hasFocus():
            return
        if isinstance(field, QLineEdit):
            field.setText(self.text)
            field.setCursorPosition(self.cursor)
            if self.cursor != self.anchor:
                field.setSelection(self.anchor, self.cursor - self.anchor)
            field.textEdited.emit(self.text)
        else:
            field.setPlainText(self.text)
            at = field.textCursor()
            at.setPosition(self.anchor)
            at.setPosition(self.cursor, QTextCursor.MoveMode.KeepAnchor)
            field.setTextCursor(at)


@dataclass(frozen=True)
class _Run:
    """Letters of which each followed the one before at a scanner's pace, and the field as it was before they went into
    it, if they did."""

    text: str
    began: int
    last: int
    field: _Standing | None = None
    #: How many letters the first of the runs has that these were.
    first: int = 0

    @classmethod
    def joined(cls, runs: "Sequence[_Run]") -> "_Run":
        """What several are together."""
        text = "".join(run.text for run in runs)
        return cls(text, runs[0].began, runs[-1].last, runs[0].field, len(runs[0].text))

    @property
    def at_pace(self) -> bool:
        """Whether a scanner may have sent them one after the other, though held up: an amount that somebody typed
        before is no part of a scan, and neither is a single key, which has no pace."""
        return self.first > 1 and self.last - self.began <= PACE * (len(self.text) - 1)


def _is_letter(event: QKeyEvent) -> bool:
    text = event.text()
    if len(text) != 1 or event.modifiers() & (
        Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    ):
        # Windows says Ctrl and Alt where AltGr was pressed.
        both = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier
        return len(text) == 1 and text.isprintable() and event.modifiers() & both == both
    return text.isprintable() or text in _CONTROL_LETTERS
