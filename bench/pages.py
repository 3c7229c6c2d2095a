"""Every page as each user of a town sees it: shown the first time and again; and for how long a scripted day at the
counter and in the lists holds the window up."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bench.measuring import Result, Rounds, at_most, folder_on_disk, percentile, say
from muniadmin.access.reads import DemonstrationUser, DemonstrationUsers
from muniadmin.app import App
from muniadmin.billing.reads import Bills
from muniadmin.bootstrap import open_app, system_actor
from muniadmin.demonstration.town import create_demonstration
from muniadmin.desktop.gallery import NOW, SEED, TODAY
from muniadmin.desktop.shell.crash import Incidents
from muniadmin.desktop.shell.frame import Frame
from muniadmin.desktop.shell.main_window import MainWindow
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.theme import Scheme, load_other_fonts, theme
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.permissions import Role

AGAIN = 5
#: What nobody waits for, in ms.
FIRST_LIMIT, AGAIN_LIMIT, HOLD_LIMIT = 250.0, 100.0, 50.0
_BEAT_MS = 5
#: Beyond the pause in which the amount of a payment cannot be pressed by the Enter of a scanner.
_SCANNERS_ENTER_MS = 500
_PATIENCE_SECONDS = 60.0


def run(full: bool) -> Iterator[Result]:
    """On SQLite, in a town of 2,000 taxpayers, or 500."""
    people = 2_000 if full else 500
    qt = QApplication.instance() or QApplication([])
    assert isinstance(qt, QApplication)
    # What is chosen at this computer is neither read nor changed.
    qt.setOrganizationName("MuniAdmin")
    qt.setApplicationName("Benchmark")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    theme().apply(Scheme.LIGHT)
    load_other_fonts()
    say(f"pages: a demonstration town of {people:,} taxpayers")
    with folder_on_disk() as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
        url = f"sqlite:///{folder / 'town.db'}"
        create_demonstration(url, "fes", taxpayers=people, seed=SEED, today=TODAY)
        with closing(open_app(url, clock=FixedClock(NOW))) as app:
            yield from _measured(app, acts=500 if full else 60)


def _measured(app: App, acts: int) -> Iterator[Result]:
    users = app.read(DemonstrationUsers(), system_actor("bench"))
    bare = [_bare_page() for _round in range(20)]
    desk = _Desk(app)
    first, again = [], []
    for user in users:
        frame = desk.sign_in(user)
        pages = [spec.id for spec in frame.specs.values() if not spec.hidden]
        first += [desk.shown(page) for page in pages]
        again += [desk.shown(page) for _round in range(AGAIN) for page in pages]
        desk.leave()
    desk.holds.clear()
    clerk = next(user for user in users if user.role is Role.CLERK)
    paid = _day(desk, clerk, app, acts)
    desk.close()
    shown = f"{len(first)} pages of {len(users)} users shown, {len(again)} times again"
    # How fast this machine is: all else here is told in time alone.
    yield Rounds([percentile(first, 50)], [percentile(bare, 50)]).result(
        "page shown the first time, median", "page of bare Qt", "ms", goal=None, checked=shown
    )
    for name, took, limit, checked in (
        ("page shown the first time, p95", percentile(first, 95), FIRST_LIMIT, shown),
        ("page shown the first time, longest", max(first), FIRST_LIMIT, shown),
        ("page shown again, p95", percentile(again, 95), AGAIN_LIMIT, shown),
        ("window held up in a day, longest", max(desk.holds), HOLD_LIMIT, paid),
        ("window held up in a day, p99", percentile(desk.holds, 99), HOLD_LIMIT, paid),
    ):
        goal = None if name.endswith(("time, longest", "p99")) else at_most(1.0)
        yield Rounds([took], [limit]).result(name, "what nobody notices", "ms", goal=goal, checked=checked)


def _bare_page() -> float:
    """Milliseconds until a page of Qt's own parts is on the screen: a list of fifty rows, fields, buttons, labels."""
    start = time.perf_counter()
    window = QWidget()
    window.resize(1366, 768)
    rows = QStandardItemModel(50, 6)
    for row in range(50):
        for place in range(6):
            rows.setItem(row, place, QStandardItem(f"Benjelloun {row} {place}"))
    table = QTableView()
    table.setModel(rows)
    form = QFormLayout()
    for number in range(20):
        form.addRow(QLabel(f"Label {number}"), QLabel(f"Value {number}"))
    head = QHBoxLayout()
    for _each in range(3):
        head.addWidget(QLineEdit())
    for number in range(6):
        head.addWidget(QPushButton(f"Button {number}"))
    below = QHBoxLayout()
    below.addWidget(table)
    below.addLayout(form)
    page = QVBoxLayout(window)
    page.addLayout(head)
    page.addLayout(below)
    window.show()
    QApplication.processEvents()
    window.repaint()
    took = (time.perf_counter() - start) * 1000
    window.close()
    window.deleteLater()
    return took


def _day(desk: "_Desk", clerk: DemonstrationUser, app: App, acts: int) -> str:
    """A clerk takes payments of scanned bills, and looks into lists between them."""
    bills = app.read(Bills(state="open", limit=acts), system_actor("bench")).rows
    desk.sign_in(clerk)
    for page in ("counter", "taxpayers", "fines", "cash"):  # their first showings are counted above
        desk.shown(page)
    desk.shown("counter")
    desk.keys(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    desk.type("500")
    desk.keys(Qt.Key.Key_Return)
    desk.keys(Qt.Key.Key_F2)
    desk.holds.clear()
    for number, bill in enumerate(bills):
        desk.type(bill.number)
        desk.keys(Qt.Key.Key_Return)
        desk.pause(_SCANNERS_ENTER_MS)
        desk.keys(Qt.Key.Key_Return)
        if number % 5 == 0:
            desk.keys((Qt.Key.Key_F3, Qt.Key.Key_F7, Qt.Key.Key_F5)[number // 5 % 3])
            desk.type("ben")
            desk.keys(Qt.Key.Key_Down)
            desk.keys(Qt.Key.Key_PageDown)
            desk.keys(Qt.Key.Key_F2)
    still = {bill.number for bill in app.read(Bills(state="open", limit=10_000), system_actor("bench")).rows}
    paid = sum(bill.number not in still for bill in bills)
    if paid < len(bills) * 0.9:
        raise AssertionError(f"of {len(bills)} bills {paid} were paid")
    return f"{paid} bills paid at the counter, {len(desk.holds):,} beats"


class _Desk:
    """The window, its keyboard, and how long it did not listen."""

    def __init__(self, app: App) -> None:
        self._incidents = Incidents()
        self._incidents.happened.connect(self._fail)
        self._window = MainWindow(Preferences(), self._incidents)
        self._window.resize(1366, 768)
        self._window.show()
        self._window.activateWindow()
        self._window.opened(app, app.municipality, app.clock, "benchmark")
        #: Milliseconds between two beats beyond what the timer itself takes.
        self.holds: list[float] = []
        self._beaten = time.perf_counter()
        self._beat = QTimer()
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._on_beat)
        self._beat.start(_BEAT_MS)

    def _fail(self, _number: str, details: str) -> None:
        raise AssertionError(details)

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self.holds.append(max(0.0, (now - self._beaten) * 1000 - _BEAT_MS))
        self._beaten = now

    def sign_in(self, user: DemonstrationUser) -> Frame:
        """Somebody signs in; their home page is in front."""
        self._window.sign_in.submitted.emit(user.user_name, user.password)
        self._until(lambda: self._window.frame is not None)
        # Whoever signs in looks at their first page for as long as the others take to be imported.
        self._until(lambda: all(thread.name != "pages" for thread in threading.enumerate()))
        self._settle()
        assert self._window.frame is not None
        return self._window.frame

    def leave(self) -> None:
        """They sign out."""
        self._window.leave()
        self._settle()

    def shown(self, page: str) -> float:
        """Milliseconds from the wish for a page to its picture with everything in it."""
        frame = self._window.frame
        assert frame is not None
        start = time.perf_counter()
        frame.go(page)
        self._settle()
        self._window.repaint()
        return (time.perf_counter() - start) * 1000

    def keys(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key, wherever the keyboard is, and what comes of it."""
        QTest.keyClick((QApplication.activeModalWidget() or self._window).windowHandle(), key, held)
        self._settle()

    def type(self, text: str) -> None:
        """Letters, one after the other, as a person types them."""
        for letter in text:
            self.keys(Qt.Key(ord(letter.upper())))

    def pause(self, milliseconds: int) -> None:
        """Lets time pass."""
        end = time.perf_counter() + milliseconds / 1000
        self._until(lambda: time.perf_counter() >= end)

    def close(self) -> None:
        """The window goes."""
        self._beat.stop()
        self._window.close()

    def _settle(self) -> None:
        """Everything asked is answered, and what was asked because of the answers."""
        for _round in range(3):
            self._until(self._idle)
            QApplication.processEvents()

    def _idle(self) -> bool:
        operations = self._window.operations
        return operations is None or operations.idle()

    def _until(self, ready: Callable[[], bool]) -> None:
        start = time.perf_counter()
        while not ready():
            if time.perf_counter() - start > _PATIENCE_SECONDS:
                raise AssertionError("nothing happens any more")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
