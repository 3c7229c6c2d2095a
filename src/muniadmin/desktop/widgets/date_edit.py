"""A field for a day: typed freely (31/5/26, 31052026), shown in figures as soon as it is left; with a calendar."""

from datetime import date

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QToolButton, QVBoxLayout, QWidget

from muniadmin.desktop import icons
from muniadmin.desktop.theme import calendar_sheet, color, tokens
from muniadmin.desktop.widgets.buttons import IconButton
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.kernel.errors import NotUnderstood, UserError
from muniadmin.kernel.formats import format_date, parse_date
from muniadmin.kernel.i18n import N_, _, language


class DateNotUnderstood(UserError):
    """Text that is no day of the calendar."""

    message = N_("“{text}” is not a date.")
    hint = N_("Type day, month and year, for example 31/05/2026.")


class DateEdit(TextField):
    """A day. ``day()`` is None while the field is empty or not understood."""

    changed = Signal(object)

    def __init__(self, name: str, day: date | None = None, *, parent: QWidget | None = None) -> None:
        super().__init__(name, placeholder=_("dd/mm/yyyy"), parent=parent)
        self._open = IconButton("calendar", _("Open the calendar"), parent=self)
        self._open.clicked.connect(self.open_calendar)
        self._open.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.keep_room(26)
        self.set_day(day)
        self.textEdited.connect(lambda _text: self.changed.emit(self.day()))

    def day(self) -> date | None:
        """What is typed, or None."""
        try:
            return self.checked_day()
        except UserError:
            return None

    def checked_day(self) -> date | None:
        """What is typed, None when nothing is; raises the UserError to show when it is no day."""
        if self.is_blank():
            return None
        try:
            return parse_date(self.text())
        except NotUnderstood as problem:
            raise DateNotUnderstood(text=self.text().strip()) from problem

    def set_day(self, day: date | None) -> None:
        """Shows a day, without a word to anybody."""
        self.setText("" if day is None else format_date(day))

    def open_calendar(self) -> None:
        """Shows a month to choose a day from (Alt+Down)."""
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setStyleSheet(calendar_sheet(tokens()))
        calendar = QCalendarWidget(popup)
        calendar.setLocale(QLocale(language()))
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        _quieten(calendar)
        day = self.day()
        if day is not None:
            calendar.setSelectedDate(QDate(day.year, day.month, day.day))

        def take(chosen: QDate) -> None:
            self.set_day(date(chosen.year(), chosen.month(), chosen.day()))
            popup.close()
            self.changed.emit(self.day())

        calendar.clicked.connect(take)
        calendar.activated.connect(take)
        layout = QVBoxLayout(popup)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(calendar)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        popup.show()
        calendar.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+Down opens the calendar; the arrows move the day by one."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        day = self.day()
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
        elif step and day is not None:
            self.set_day(date.fromordinal(day.toordinal() + step))
            self.changed.emit(self.day())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Writes the day in full."""
        super().focusOutEvent(event)
        day = self.day()
        if day is not None:
            self.set_day(day)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the calendar's button at the far end."""
        super().resizeEvent(event)
        side = self._open.sizeHint().width()
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self._open.setGeometry(2 if rtl else self.width() - side - 2, (self.height() - side) // 2, side, side)


def _quieten(calendar: QCalendarWidget) -> None:
    """Weekdays in the muted colour, weekends like the other days, arrows of our own family."""
    plain, heading = QTextCharFormat(), QTextCharFormat()
    plain.setForeground(color("text"))
    heading.setForeground(color("muted"))
    heading.setBackground(color("surface"))
    calendar.setHeaderTextFormat(heading)
    for weekday in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(weekday, plain)
    for name, sign in (("qt_calendar_prevmonth", "chevron-left"), ("qt_calendar_nextmonth", "chevron-right")):
        button = calendar.findChild(QToolButton, name)
        if button is not None:
            button.setIcon(icons.icon(sign))
