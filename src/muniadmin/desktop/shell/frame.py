"""The frame of the main window once somebody is signed in: header, side bar, pages, status bar."""

import gc
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from muniadmin import __version__
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.arms import Arms
from muniadmin.desktop.shell.caret import Caret, caret_in, put_caret
from muniadmin.desktop.shell.header_bar import HeaderBar
from muniadmin.desktop.shell.jobs import JobTray, in_one_line
from muniadmin.desktop.shell.navigation import Page, PageSpec, Scanned, Searched, Target
from muniadmin.desktop.shell.operations import Job
from muniadmin.desktop.shell.palette import Palette
from muniadmin.desktop.shell.scanner import Reading
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.shell.side_bar import SideBar
from muniadmin.desktop.shell.status_bar import StatusBar
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.kernel.changes import ChangeSet
from muniadmin.kernel.errors import NotAllowed, UserError
from muniadmin.kernel.i18n import LANGUAGES, _, language
from muniadmin.kernel.numbers import WrongNumber
from muniadmin.kernel.permissions import Permission

if TYPE_CHECKING:
    from muniadmin.desktop.shell.paper_check import PaperCheckDialog

_ANSWER_MS = 15


class Frame(QWidget):
    """Everything around the pages. Pages are made when they are first opened."""

    menu_wanted = Signal(QPoint)
    language_wanted = Signal(QPoint)

    def __init__(
        self,
        shell: Shell,
        specs: Sequence[PageSpec],
        homes: Sequence[tuple[Permission, str]],
        own_actions: Callable[[], Sequence[Action]],
    ) -> None:
        super().__init__()
        self.shell = shell
        self._own_actions = own_actions
        self._names = {spec.id: spec.name for spec in specs}
        self.specs = {spec.id: spec for spec in specs if spec.allowed(shell.actor.permissions)}
        self._home = next(
            (
                page
                for permission, page in homes
                if permission in shell.actor.permissions and page in self.specs
            ),
            next(iter(self.specs), ""),
        )
        self.pages: dict[str, Page] = {}
        self._memories: dict[str, dict[str, Any]] = {}
        self.current_id = ""
        self.header = HeaderBar(Arms(shell, 28), shell.municipality_name, shell.department, shell.actor.name)
        self.header.searched.connect(self.search)
        self.header.menu_wanted.connect(self.menu_wanted)
        self.header.till_pressed.connect(lambda: self.go("cash"))
        self.side_bar = SideBar([spec for spec in self.specs.values() if not spec.hidden])
        self.side_bar.opened.connect(self.go)
        self.notice = Banner(margin=0)
        self.notice.hide()
        self.stack = QStackedWidget()
        self.status = StatusBar(f"MuniAdmin {__version__.rsplit('.', 1)[0]}")
        self.status.language.set_text(LANGUAGES.get(language(), language()))
        self.status.language_pressed.connect(lambda: self.language_wanted.emit(self.status.language.corner()))
        self.status.jobs_pressed.connect(self._open_tray)
        self._tray = JobTray(shell.operations, self)
        notice_line = row(self.notice, margins=(20, 0, 20, 0))
        content = column(notice_line, spacing=0)
        content.addWidget(self.stack, 1)
        middle = row(self.side_bar, spacing=0)
        middle.addLayout(content, 1)
        whole = column(self.header, spacing=0)
        whole.addLayout(middle, 1)
        whole.addWidget(self.status)
        self.setLayout(whole)
        for spec in self.specs.values():
            if spec.key:
                self._shortcut(spec.key, partial(self.go, spec.id))
        for key in ("Ctrl+Shift+P", "F1"):
            self._shortcut(key, self.open_palette)
        self._shortcut("Ctrl+Tab", lambda: self._step(1))
        self._shortcut("Ctrl+Shift+Tab", lambda: self._step(-1))
        self._shortcut("Ctrl+Shift+K", self.check_paper)
        shell.went.connect(self.go)
        shell.paper_wanted.connect(self.check_paper)
        shell.till_changed.connect(self.header.till.set_state)
        operations = shell.operations
        operations.changed.connect(self._on_changed)
        operations.refused.connect(self.refuse)
        operations.jobs_changed.connect(self._on_job)
        operations.timed.connect(self._on_timed)
        self._place = ""
        self.status.jobs.set_text(in_one_line(operations.jobs))
        self._ask_badges(None)

    # --- going ------------------------------------------------------------------------------------------------

    def go_home(self) -> None:
        """Opens the page the user's day begins on."""
        if self._home:
            self.go(self._home)

    def load_pages(self) -> None:
        """Imports the other pages while the user looks at the first one, so that nobody waits for it later."""
        specs = [spec for spec in self.specs.values() if not spec.hidden]

        def load() -> None:
            for spec in specs:
                spec.load()
            # What was imported stays. Python's collector would go through all of it from time to time, for a fifth of a
            # second in which the window does not listen.
            if not gc.get_freeze_count():
                gc.freeze()

        threading.Thread(target=load, name="pages").start()

    def go(self, page_id: str, target: Target | None = None) -> None:
        """Brings a page to the front and shows it what was asked for."""
        spec = self.specs.get(page_id)
        if spec is None:
            self.refuse(NotAllowed(permission=self._names.get(page_id, page_id)))
            return
        page = self.pages.get(page_id) or self._make(spec)
        self.current_id = page_id
        self.notice.hide()
        self.side_bar.set_current(page_id)
        self.stack.setCurrentWidget(page)
        page.freshen()
        if target is not None:
            page.open(target)
        page.take_focus()

    def page(self) -> Page | None:
        """The page in front."""
        return self.pages.get(self.current_id)

    def search(self, text: str) -> None:
        """A number opens what it is the number of, a square code is checked; anything else is searched for."""
        reading = self.shell.read_scan(text)
        if reading.is_ours:
            self.header.search.clear()
            self.open_scan(reading)
        elif isinstance(reading.problem, WrongNumber):
            self.notice.say(Tone.BAD, reading.problem.sentence(), reading.problem.advice())
        else:
            wanted = [spec for spec in self.specs.values() if spec.searches]
            if self._show_on(wanted, Searched(text), text):
                self.header.search.clear()

    def open_scan(self, reading: Reading) -> None:
        """Shows what was scanned; of what is none of ours it says so, and all stays as it is."""
        self.notice.hide()
        if reading.is_square_code:
            self.check_paper(reading.text)
        elif reading.problem is not None:
            self.notice.say(Tone.WARNING, reading.problem.sentence(), reading.problem.advice())
        for kind, number in reading.numbers:
            wanted = [spec for spec in self.specs.values() if spec.shows(kind)]
            self._show_on(wanted, Scanned(kind, number), number)

    def _show_on(self, wanted: list[PageSpec], target: Target, text: str) -> bool:
        # The page in front takes it if it can; else the first in the side bar's order.
        wanted.sort(key=lambda spec: spec.id != self.current_id)
        if wanted:
            self.go(wanted[0].id, target)
            return True
        self.notice.say(
            Tone.INFO,
            _("No page of yours can show “{text}”.").format(text=text),
            _("Ask a colleague whose role covers it."),
        )
        return False

    def check_paper(self, text: str = "") -> "PaperCheckDialog":
        """Asks for a paper's square code, and tells whether the paper is genuine."""
        from muniadmin.desktop.shell.paper_check import PaperCheckDialog

        dialog = PaperCheckDialog(self, self.shell, text)
        dialog.open()
        return dialog

    def _make(self, spec: PageSpec) -> Page:
        page = spec.load()(self.shell)
        self.pages[spec.id] = page
        self.stack.addWidget(page)
        memory = self._memories.pop(spec.id, None)
        if memory is not None:
            page.recall(memory)
        return page

    def _step(self, step: int) -> None:
        order = [spec.id for spec in self.specs.values() if not spec.hidden]
        if self.current_id in order:
            self.go(order[(order.index(self.current_id) + step) % len(order)])

    # --- a change of language ---------------------------------------------------------------------------------

    def take_over(self, before: "Frame") -> int:
        """Takes the place of a frame in another language; how many pages keep theirs until they are saved. The
        keyboard stays where it was.

        Pages with unsaved typing come along as they are; the others are made anew and recall their memory.
        """
        kept = 0
        caret = caret_in(before.regions(), before.focusWidget())
        self.header.search.setText(before.header.search.text())
        for page_id, page in before.pages.items():
            if page.dirty():
                self.pages[page_id] = page
                self.stack.addWidget(page)
                kept += 1
            else:
                self._memories[page_id] = page.memory()
        if before.current_id:
            self.go(before.current_id)
        if caret is not None:
            self._put_caret(caret)
        return kept

    def _put_caret(self, caret: Caret) -> None:
        if not put_caret(self.regions(), caret) and not self.shell.operations.idle():
            # What was typed comes back with what the page asked for.
            QTimer.singleShot(_ANSWER_MS, self, partial(self._put_caret, caret))

    def regions(self) -> list[QWidget]:
        """The parts in which the keyboard may be."""
        page = self.page()
        return [self.header, self.side_bar, self.status, *([page] if page is not None else [])]

    # --- notices ----------------------------------------------------------------------------------------------

    def refuse(self, problem: UserError) -> None:
        """Shows a refusal on the page in front, or above it."""
        self._notice_in_front().show_error(problem)

    def _notice_in_front(self) -> Banner:
        page = self.page()
        return page.notice if page is not None else self.notice

    def _on_changed(self, changes: ChangeSet) -> None:
        for page in self.pages.values():
            page.on_changed(changes)
        self._ask_badges(changes)

    def _ask_badges(self, changes: ChangeSet | None) -> None:
        for spec in self.specs.values():
            if spec.badge is not None and (changes is None or changes.touches(*spec.badge.topics)):
                self.shell.operations.read(
                    spec.badge.query(),
                    then=partial(self.side_bar.set_badge, spec.id),
                    failed=lambda _problem: True,
                    owner=self,
                    key=f"badge {spec.id}",
                )

    def show_place(self, place: str) -> None:
        """Says in the status bar where the database is."""
        self._place = place
        self.status.set_database(place)

    def _on_timed(self, took: float) -> None:
        self.status.set_database(f"{self._place} · {max(1, round(took))} ms")

    def _on_job(self, _job: Job) -> None:
        self.status.jobs.set_text(in_one_line(self.shell.operations.jobs))

    # --- palette and jobs -------------------------------------------------------------------------------------

    def actions_offered(self) -> list[Action]:
        """Every action there is now: the page's own, the pages, the window's."""
        page = self.page()
        own = list(page.actions_offered()) if page is not None else []
        pages = [
            Action(
                id=f"go {spec.id}",
                title=spec.name,
                key=spec.key,
                icon=spec.icon,
                group=_("Go to"),
                run=partial(self.go, spec.id),
            )
            for spec in self.specs.values()
        ]
        offered = [*own, *pages, *self._own_actions()]
        return [action for action in offered if self.shell.actor.may(action.permission)]

    def open_palette(self) -> Palette:
        """Opens the command palette."""
        palette = Palette(self, self.actions_offered())
        palette.open_above(self)
        return palette

    def _open_tray(self) -> None:
        self._tray.open_above(self.status.jobs.corner())

    def _shortcut(self, key: str, run: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(run)
