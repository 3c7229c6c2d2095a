"""The user's till: asked once, asked again whenever money moved, shown in the header."""

from PySide6.QtCore import QObject, Signal

from muniadmin.collection.names import CASH_SESSIONS_TOPIC, OPERATE_CASH_DESK
from muniadmin.collection.reads import MySession, SessionState
from muniadmin.desktop.shell.header_bar import TillState
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.kernel.changes import ChangeSet
from muniadmin.kernel.i18n import _, ngettext


class Till(QObject):
    """Knows the user's open cash session, for the header and the pages of the counter."""

    changed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self.session: SessionState | None = None
        self.known = False
        shell.operations.changed.connect(self._on_changed)
        shell.framed.connect(self.say)
        self.ask()

    @staticmethod
    def of(shell: Shell) -> "Till":
        """The shell's one till."""
        return shell.findChild(Till) or Till(shell)

    def ask(self) -> None:
        """Asks for the till's state."""
        if self._shell.actor.may(OPERATE_CASH_DESK):
            self._shell.operations.read(
                MySession(), then=self._answered, failed=lambda _problem: True, owner=self, key="till"
            )

    def say(self) -> None:
        """Says in the header how the till stands; after a change of language, in the new one."""
        if self.session is not None:
            text = _("Cash desk {desk} open").format(desk=self.session.desk)
            amount = self._shell.amount(self.session.cash_expected, code=True)
            count = self.session.receipts
            more = ngettext("{count} receipt in this session", "{count} receipts in this session", count)
            self._shell.till_changed.emit(TillState(text, amount, more=more.format(count=count)))
        elif self.known:
            self._shell.till_changed.emit(TillState(_("Cash desk closed"), tone=Tone.NEUTRAL))

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(CASH_SESSIONS_TOPIC):
            self.ask()

    def _answered(self, session: SessionState | None) -> None:
        self.session, self.known = session, True
        self.say()
        self.changed.emit()
