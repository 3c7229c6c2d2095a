"""Watches beside the pages: says at sign-in what this workstation remembers and the database no longer holds, and
carries anchors to their folder."""

import logging

from PySide6.QtCore import QObject

from muniadmin.anchors.commands import WriteAnchors
from muniadmin.anchors.names import ANCHORS_TOPIC
from muniadmin.anchors.reads import AnchorFolder, KeptOutside
from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.collection.names import VIEW_COLLECTION
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.dialogs import NoticeDialog
from muniadmin.kernel.changes import ChangeSet
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _
from muniadmin.verification.commands import Finding
from muniadmin.verification.findings import sentence
from muniadmin.verification.remembered_reads import LostHeads

_log = logging.getLogger(__name__)


class Witness(QObject):
    """A signed-in user’s one. Cashiers are not troubled: what goes wrong is said to those who see the audit log."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        shell.operations.changed.connect(self._on_changed)
        if shell.actor.may(VIEW_AUDIT):
            shell.operations.read(
                LostHeads(), then=self._say, failed=lambda _problem: True, owner=self, key="lost heads"
            )
        self._ask_folder()

    def _say(self, findings: list[Finding]) -> None:
        if not findings:
            return
        from muniadmin.desktop.administration.anchors_view import lost_in_words

        NoticeDialog(
            self._shell.window,
            _("Something is missing from the database"),
            lost_in_words(findings),
            advice=_(
                "The end of a chain was cut off, a chain was written anew, or an older copy was put in the "
                "database’s place. Run the verification; Administration, Anchors, tells more."
            ),
            details="\n".join(sentence(one, self._shell.municipality) for one in findings),
        ).open()

    # --- the folder ------------------------------------------------------------------------------------------

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(ANCHORS_TOPIC):
            self._ask_folder()

    def _ask_folder(self) -> None:
        if self._shell.actor.may(VIEW_COLLECTION):
            self._shell.operations.read(
                AnchorFolder(),
                then=self._write,
                failed=lambda _problem: True,
                owner=self,
                key="anchor folder",
            )

    def _write(self, kept: KeptOutside) -> None:
        if kept.folder and kept.last:
            self._shell.operations.start(
                WriteAnchors(), _("Anchors to their folder"), failed=self._not_written, owner=self
            )

    def _not_written(self, problem: UserError) -> bool:
        """Tried again after the next anchor and at the next sign-in."""
        _log.warning("%s", problem.sentence())
        return not self._shell.actor.may(VIEW_AUDIT)
