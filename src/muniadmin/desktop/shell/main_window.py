"""The one window: signing in, then the frame; keyboard, scans, lock and jobs are put together here."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QObject, QPoint, QSize, QSysInfo, Qt, QTranslator
from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QMenu, QStackedWidget, QWidget

from muniadmin.desktop import icons
from muniadmin.desktop.shell.crash import Incidents
from muniadmin.desktop.shell.keyboard import Keyboard
from muniadmin.desktop.shell.lock import ScreenLock
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.shell.scans import Scans
from muniadmin.desktop.shell.sign_in import SignInView
from muniadmin.desktop.theme import Scheme, Tone, theme
from muniadmin.desktop.widgets.curtain import curtain
from muniadmin.desktop.widgets.focus_ring import FocusRing
from muniadmin.desktop.widgets.layouts import column
from muniadmin.desktop.widgets.paint import key_text
from muniadmin.kernel.errors import NeedsConfirmation, UserError
from muniadmin.kernel.i18n import LANGUAGES, RIGHT_TO_LEFT, _, language, pick, set_language

if TYPE_CHECKING:
    from muniadmin.access.commands import SignedIn
    from muniadmin.access.reads import DemonstrationUser
    from muniadmin.desktop.shell.actions import Action
    from muniadmin.desktop.shell.business_day import BusinessDayDialog
    from muniadmin.desktop.shell.frame import Frame
    from muniadmin.desktop.shell.operations import Door, Operations
    from muniadmin.desktop.shell.own_password import OwnPasswordDialog
    from muniadmin.desktop.shell.scanner import Setting
    from muniadmin.desktop.shell.scanner_panel import ScannerDialog
    from muniadmin.desktop.shell.shell import Shell
    from muniadmin.desktop.widgets.banner import Toast
    from muniadmin.kernel.clock import Clock
    from muniadmin.kernel.municipality import Municipality
    from muniadmin.kernel.requests import Actor


def workstation() -> str:
    """The name of this computer, as the audit log keeps it."""
    return QSysInfo.machineHostName()


def nobody() -> "Actor":
    """Whoever has not signed in yet."""
    from muniadmin.kernel.requests import Actor

    return Actor(None, "", "", frozenset(), workstation())


def speak(code: str) -> None:
    """Puts a language in force for the texts, for Qt's own buttons and for the direction of the screen."""
    set_language(code)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before = app.findChild(QTranslator, "qt")
    if before is not None:
        app.removeTranslator(before)
        before.setParent(None)  # gone at once: it must not be found again in place of its successor
    translator = QTranslator(app)
    translator.setObjectName("qt")
    if translator.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
    right = code in RIGHT_TO_LEFT
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if right else Qt.LayoutDirection.LeftToRight)


def _with_key(title: str, key: str) -> str:
    """An entry of a menu with its key at the far end."""
    return f"{title}\t{key_text(key)}" if key else title


class MainWindow(QWidget):
    """Shows who may come in, then the frame of whoever came in."""

    def __init__(self, preferences: Preferences, incidents: Incidents) -> None:
        super().__init__()
        self.preferences = preferences
        self.incidents = incidents
        self.operations: Operations | None = None
        self.shell: Shell | None = None
        self.frame: Frame | None = None
        self.on_other_database: Callable[[], None] = lambda: None
        self._door: Door | None = None
        self._municipality: Municipality | None = None
        self._clock: Clock | None = None
        self._place = ""
        self._companions: list[QObject] = []
        self._people: Sequence[DemonstrationUser] = ()
        self._spoken = ""
        self.setWindowTitle("MuniAdmin")
        self.setMinimumSize(QSize(1024, 640))
        theme().dress(self)
        self.stack = QStackedWidget()
        layout = column(spacing=0)
        layout.addWidget(self.stack)
        self.setLayout(layout)
        self.sign_in = self._make_sign_in()
        self._toast: Toast | None = None
        #: What was said last while the screen was locked.
        self._unsaid = ""
        self._ring = FocusRing(self)
        self.lock = ScreenLock(self)
        self.scans = Scans(self)
        self.keyboard = Keyboard(self, self.scans.take, self.lock.somebody_is_there, self.lock.shut)
        self.keyboard.setting = preferences.scanner
        incidents.happened.connect(self._on_incident)
        QShortcut(QKeySequence("F11"), self).activated.connect(self.toggle_full_screen)
        QShortcut(QKeySequence("Ctrl+L"), self).activated.connect(self.lock.shut)
        theme().changed.connect(self._on_theme)

    def finish(self) -> None:
        """What can wait until the first picture is on the screen."""
        self.setWindowIcon(icons.program_icon())

    # --- before somebody is signed in -------------------------------------------------------------------------

    def _make_sign_in(self) -> SignInView:
        view = SignInView(self.preferences.municipality, self.preferences.user_name)
        view.submitted.connect(self._sign_in)
        view.other_database.connect(self._other_database)
        view.language_chosen.connect(self.set_language)
        self.stack.addWidget(view)
        return view

    def _other_database(self) -> None:
        self.on_other_database()

    def show_entry(self, view: QWidget) -> None:
        """Shows something in place of signing in, e.g. the first-run assistant."""
        if self.stack.indexOf(view) < 0:
            self.stack.addWidget(view)
        self.stack.setCurrentWidget(view)

    def opened(self, door: "Door", municipality: "Municipality", clock: "Clock", place: str) -> None:
        """The database is open. ``place`` says in words where it is, not yet translated."""
        from muniadmin.access.reads import DemonstrationUsers
        from muniadmin.desktop.shell.operations import Operations

        if self.operations is not None:
            self.operations.close()
        self._door, self._municipality, self._clock, self._place = door, municipality, clock, place
        self.operations = Operations(door, nobody(), self)
        self.operations.crashed.connect(self.incidents.report)
        self.operations.question.connect(self._ask)
        self.preferences.remember_municipality(pick(municipality.names), municipality.accent)
        theme().apply(accent=municipality.accent)
        self.stack.setCurrentWidget(self.sign_in)
        self.sign_in.opened(pick(municipality.names))
        self.sign_in.take_focus()
        if municipality.demonstration:
            self.operations.read(DemonstrationUsers(), then=self._offer)

    def cannot_open(self, problem: UserError) -> None:
        """A database could not be opened: says why, and offers another one."""
        self.stack.setCurrentWidget(self.sign_in)
        self.sign_in.cannot_open(problem)

    def _offer(self, people: "Sequence[DemonstrationUser]") -> None:
        from muniadmin.kernel.permissions import ROLE_NAMES

        self._people = people
        self.sign_in.offer(
            [(one.name, _(ROLE_NAMES[one.role]), one.user_name, one.password) for one in people]
        )

    def _sign_in(self, user_name: str, password: str) -> None:
        from muniadmin.access.commands import SignIn

        assert self.operations is not None
        self.operations.run(
            SignIn(user_name=user_name, password=password, workstation=workstation()),
            then=self.signed_in,
            failed=self.sign_in.refuse,
            undone=self.sign_in.unlock,
        )

    def signed_in(self, who: "SignedIn") -> None:
        """Somebody came in: shows their frame."""
        from muniadmin.desktop.pages import companions
        from muniadmin.desktop.shell.shell import Shell

        assert self.operations is not None
        assert self._municipality is not None
        assert self._clock is not None
        self.operations.enter(who.actor)
        self.preferences.user_name = who.actor.user_name
        self.shell = Shell(self.operations, self._municipality, self._clock, self)
        self.shell.said.connect(self.say)
        self.shell.scanner_set.connect(self._set_scanner)
        self._show_frame(None)
        self._companions = [make(self.shell) for make in companions()]
        self.sign_in.password.clear()
        self.lock.somebody_is_there()
        self.operations.tell_untold()

    # --- the frame --------------------------------------------------------------------------------------------

    def _show_frame(self, before: "Frame | None") -> None:
        from muniadmin.desktop.pages import HOMES, all_pages
        from muniadmin.desktop.shell.frame import Frame

        assert self.shell is not None
        assert self.operations is not None
        frame = Frame(self.shell, all_pages(), HOMES, self._own_actions)
        frame.menu_wanted.connect(self._open_user_menu)
        frame.language_wanted.connect(self._open_language_menu)
        frame.show_place(_(self._place))
        self.frame = frame
        self._spoken = language()
        self.stack.addWidget(frame)
        self.stack.setCurrentWidget(frame)
        if before is None:
            frame.go_home()
            frame.load_pages()
            return
        kept = frame.take_over(before)
        self.shell.framed.emit()
        self.stack.removeWidget(before)
        before.deleteLater()
        if kept:
            frame.notice.say(Tone.INFO, _("A page with unsaved typing keeps its language until it is saved."))

    def renew_frame(self) -> None:
        """Makes the frame anew where the language was changed behind its back."""
        if self.frame is not None and self._spoken != language():
            self._show_frame(self.frame)

    def sign_out(self) -> None:
        """Asks before unsaved typing is lost, then lets somebody else come in."""
        if not self._is_dirty():
            self.leave()
        elif self.lock.view is not None:
            self.lock.view.ask_leaving(self.leave)
        else:
            self._confirm_leaving(self.leave)

    def _is_dirty(self) -> bool:
        from muniadmin.desktop.widgets.dialogs import Dialog

        dialogs = [window for window in curtain().behind() if isinstance(window, Dialog)]
        pages = self.frame.pages.values() if self.frame is not None else ()
        return any(one.dirty() for one in (*pages, *dialogs))

    def leave(self) -> None:
        """Lets somebody else come in, whatever is typed."""
        self.lock.take_away()
        self._unsaid = ""
        self.hide_toast()
        self.scans.forget()
        if self.frame is not None:
            self.stack.removeWidget(self.frame)
            self.frame.deleteLater()
        for companion in self._companions:
            companion.deleteLater()
        if self.shell is not None:
            self.shell.deleteLater()
        self.frame = self.shell = None
        self._companions = []
        if self.operations is not None:
            self.operations.enter(nobody())
        self.stack.setCurrentWidget(self.sign_in)
        self.sign_in.button.setEnabled(True)
        self.sign_in.opened(pick(self._municipality.names) if self._municipality else "")
        self.sign_in.take_focus()

    def _confirm_leaving(self, leave: Callable[[], None]) -> None:
        from muniadmin.desktop.widgets.dialogs import ConfirmDialog

        question = ConfirmDialog(
            self,
            _("Leave without saving?"),
            _("There is unsaved typing on a page. It will be lost."),
            yes=_("Leave"),
            no=_("Stay"),
            danger=True,
        )
        question.accepted.connect(leave)
        question.open()

    def _confirm_stopping(self, operations: "Operations") -> None:
        """A list or the papers of a roll are being written: they are stopped by whoever is signed in, if at all."""
        from muniadmin.desktop.widgets.dialogs import ConfirmDialog

        if self.lock.view is not None:
            self.lock.view.notice.say(
                Tone.WARNING, _("Work is still under way. Unlock the screen to stop it.")
            )
            return
        if any(asked.isVisible() for asked in self.findChildren(ConfirmDialog, "stopping")):
            return
        mine = [job.title for job in operations.jobs if not job.finished]
        question = ConfirmDialog(
            self,
            _("Stop what is under way and close?"),
            _("“{title}” has not ended. What is not whole is thrown away.").format(title=mine[0])
            if mine
            else _("What another user began has not ended. What is not whole is thrown away."),
            yes=_("Stop and close"),
            no=_("Stay"),
            danger=True,
        )

        question.setObjectName("stopping")

        def stop() -> None:
            self.setProperty("stopping", True)
            self.close()

        question.accepted.connect(stop)
        question.rejected.connect(lambda: self.setProperty("leaving", False))
        question.open()

    # --- language, brightness, menus --------------------------------------------------------------------------

    def set_language(self, code: str) -> None:
        """Speaks another language from now on; nothing typed is lost."""
        self.preferences.language = code
        speak(code)
        if self.lock.view is not None:
            # What lies behind is made anew when it may be seen again.
            self.lock.show_view()
            return
        if self.frame is not None:
            self._show_frame(self.frame)
            return
        before, self.sign_in = self.sign_in, self._make_sign_in()
        self.sign_in.user.setText(before.user.text())
        self.sign_in.password.setText(before.password.text())
        self.stack.setCurrentWidget(self.sign_in)
        self.stack.removeWidget(before)
        before.deleteLater()
        if self._municipality is not None:
            self.sign_in.opened(pick(self._municipality.names))
            if self._people:
                self._offer(self._people)
        self.sign_in.take_focus()

    def say(self, text: str) -> None:
        """A short word that something went well; it waits while the screen is locked."""
        from muniadmin.desktop.widgets.banner import Toast

        if self.lock.view is not None:
            self._unsaid = text
            return
        if self._toast is None:
            self._toast = Toast(self)
        self._toast.say(text)

    def say_what_waited(self) -> None:
        """Says what came while the screen was locked."""
        text, self._unsaid = self._unsaid, ""
        if text:
            self.say(text)

    def hide_toast(self) -> None:
        """What was said is said no longer."""
        if self._toast is not None:
            self._toast.hide()

    def set_scheme(self, scheme: Scheme) -> None:
        """Light, dark, or as the desktop has it."""
        self.preferences.scheme = scheme
        theme().apply(scheme)

    def toggle_full_screen(self) -> None:
        """Fills the screen, or no longer."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _own_actions(self) -> "list[Action]":
        from muniadmin.desktop.shell.actions import Action

        window = _("Window")
        actions = [
            Action(
                id="own-password", title=_("Change password…"), icon="key-round", group=window,
                run=self.change_own_password,
            ),
            Action(
                id="check-paper", title=_("Check a paper…"), key="Ctrl+Shift+K", icon="shield-check", group=window,
                run=self.check_paper,
            ),
            Action(
                id="scanner", title=_("Try your scanner…"), icon="scan-barcode", group=window,
                run=self.try_scanner,
            ),
            *self._supervisors_actions(window),
            Action(id="lock", title=_("Lock the screen"), key="Ctrl+L", icon="lock", group=window, run=self.lock.shut),
            Action(id="sign-out", title=_("Sign out"), icon="log-out", group=window, run=self.sign_out),
            Action(
                id="full-screen", title=_("Full screen"), key="F11", icon="maximize", group=window,
                run=self.toggle_full_screen,
            ),
            Action(
                id="light", title=_("Light screens"), icon="sun", group=window,
                run=lambda: self.set_scheme(Scheme.LIGHT),
            ),
            Action(
                id="dark", title=_("Dark screens"), icon="moon", group=window,
                run=lambda: self.set_scheme(Scheme.DARK),
            ),
            Action(
                id="system", title=_("Screens as bright as the desktop"), icon="monitor", group=window,
                run=lambda: self.set_scheme(Scheme.SYSTEM),
            ),
        ]  # fmt: skip
        for code, name in LANGUAGES.items():
            actions.append(
                Action(
                    id=f"language {code}", title=name, icon="languages", group=_("Language"),
                    run=lambda code=code: self.set_language(code),  # type: ignore[misc]
                )
            )  # fmt: skip
        return actions

    def _set_scanner(self, setting: "Setting") -> None:
        self.keyboard.setting = setting

    def try_scanner(self) -> "ScannerDialog":
        """Shows what the scanner sends, and how it is set."""
        from muniadmin.desktop.shell.scanner_panel import ScannerDialog

        assert self.shell is not None
        dialog = ScannerDialog(self.frame, self.shell)
        dialog.open()
        return dialog

    def change_own_password(self) -> "OwnPasswordDialog":
        """Asks whoever is signed in for their old password and another one."""
        from muniadmin.desktop.shell.own_password import OwnPasswordDialog

        assert self.shell is not None
        dialog = OwnPasswordDialog(self.frame, self.shell)
        dialog.open()
        return dialog

    def check_paper(self) -> None:
        """Asks for a paper's square code, and tells whether the paper is genuine."""
        assert self.shell is not None
        self.shell.check_paper()

    def _supervisors_actions(self, group: str) -> "list[Action]":
        from muniadmin.desktop.shell.actions import Action
        from muniadmin.ledger.names import OPEN_BUSINESS_DAYS

        if self.operations is None or not self.operations.actor.may(OPEN_BUSINESS_DAYS):
            return []
        return [
            Action(
                id="business-day", title=_("Business day…"), icon="calendar", group=group, run=self.open_business_day,
                permission=OPEN_BUSINESS_DAYS,
            )
        ]  # fmt: skip

    def open_business_day(self) -> "BusinessDayDialog":
        """Asks why the business day is opened, or the last one taken back."""
        from muniadmin.desktop.shell.business_day import BusinessDayDialog

        assert self.shell is not None
        dialog = BusinessDayDialog(self.frame, self.shell)
        dialog.open()
        return dialog

    def _open_user_menu(self, corner: QPoint) -> None:
        assert self.operations is not None
        menu = QMenu(self)
        menu.setAccessibleName(_("User"))
        who = menu.addAction(self.operations.actor.name)
        who.setEnabled(False)
        menu.addSeparator()
        assert self.frame is not None
        everything = menu.addAction(icons.icon("keyboard"), _with_key(_("All that can be done here…"), "F1"))
        everything.triggered.connect(self.frame.open_palette)
        for action in self._own_actions():
            if action.id in ("light", "lock"):
                menu.addSeparator()
            if action.id.startswith("language"):
                continue
            in_force = action.id == theme().scheme.value
            drawing = icons.icon("check" if in_force else action.icon)
            entry = menu.addAction(drawing, _with_key(action.title, action.key))
            entry.triggered.connect(lambda _checked=False, run=action.run: run())
        size = menu.sizeHint()
        right = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        menu.popup(corner if right else corner - QPoint(size.width(), 0))

    def _open_language_menu(self, corner: QPoint) -> None:
        menu = QMenu(self)
        menu.setAccessibleName(_("Language"))
        for code, name in LANGUAGES.items():
            entry = menu.addAction(icons.icon("check") if code == language() else QIcon(), name)
            entry.triggered.connect(lambda _checked=False, code=code: self.set_language(code))
        menu.popup(corner - QPoint(0, menu.sizeHint().height() + 6))

    # --- questions, incidents, Qt's own events ----------------------------------------------------------------

    def _ask(self, question: NeedsConfirmation, yes: Callable[[], None], no: Callable[[], None]) -> None:
        from muniadmin.desktop.widgets.dialogs import ConfirmDialog

        dialog = ConfirmDialog(self, question.sentence(), question.advice(), danger=question.doubtful)
        dialog.accepted.connect(yes)
        dialog.rejected.connect(no)
        dialog.open()

    def _on_incident(self, number: str, details: str) -> None:
        from muniadmin.desktop.widgets.dialogs import NoticeDialog

        dialog = NoticeDialog(
            self,
            _("Something unexpected happened"),
            _("Nothing of the last step was kept; what was done before is safe. Incident {number}.").format(
                number=number
            ),
            advice=_("Try again. If it happens once more, give this number to your support."),
            details=details,
        )
        dialog.open()

    def refuse(self, problem: UserError) -> None:
        """Shows a refusal wherever the user is."""
        if self.frame is not None:
            self.frame.refuse(problem)
        else:
            self.sign_in.cannot_open(problem)

    def _on_theme(self) -> None:
        for widget in self.findChildren(QWidget):
            widget.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The toast stays in the middle."""
        super().resizeEvent(event)
        self.hide_toast()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks before unsaved typing is lost or a job is stopped; lets what else is under way finish."""
        if self._is_dirty() and not self.property("leaving"):
            event.ignore()

            def leave() -> None:
                self.setProperty("leaving", True)
                self.close()

            if self.lock.view is not None:
                self.lock.view.ask_leaving(leave)
            else:
                self._confirm_leaving(leave)
            return
        if self.operations is not None and self.operations.working and not self.property("stopping"):
            event.ignore()
            self._confirm_stopping(self.operations)
            return
        self.preferences.geometry = self.saveGeometry()
        if self.operations is not None:
            self.operations.close()
        super().closeEvent(event)
