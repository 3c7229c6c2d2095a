"""The anchors: where every chain stood and when, the newest first; and what this workstation remembers beside them."""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from muniadmin.anchors.commands import AnchorMade, ChooseAnchorFolder, MakeAnchor
from muniadmin.anchors.reads import AnchorFolder, AnchorRow, Anchors, KeptOutside
from muniadmin.anchors.rules import OCCASION_NAMES, SHORT
from muniadmin.desktop.shell.navigation import Page, split
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.cards import Card, Scroller, Section
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import ElidedText, Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.kernel.chains import chain_name, chain_order
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.settings.names import ADMINISTER_SETTINGS
from muniadmin.verification.commands import BeginHeadsAnew, Finding
from muniadmin.verification.findings import sentence
from muniadmin.verification.remembered_reads import LostHeads

_AT_ONCE = 200


class AnchorsView(QWidget):
    """List, the chosen anchor in full, the folder, and the order to make one now."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._rows: list[AnchorRow] = []
        self._folder = ""
        #: The anchor that was asked for; the list begins with it.
        self._wanted: int | None = None
        #: The anchor that was just made here, until the list has it.
        self._made_number: int | None = None
        self.lost = Banner()
        self.lost.hide()
        self.make = Button(_("Make an anchor now"), Kind.PRIMARY, icon="plus")
        self.make.clicked.connect(self.make_anchor)
        self.older = Button(_("Show older anchors"), icon="history")
        self.older.clicked.connect(self._ask_older)
        self.newest = Button(_("Newest"), icon="history")
        self.newest.clicked.connect(self.show_newest)
        self.newest.hide()
        self.choose = Button(_("Choose the folder…"), icon="folder-open")
        self.choose.clicked.connect(self.choose_folder)
        if not page.may(ADMINISTER_SETTINGS):
            self.choose.hide()
        self.no_folder = Button(_("No folder"))
        self.no_folder.clicked.connect(lambda: self.set_folder(""))
        self.no_folder.hide()
        self.place = ElidedText("", Role.MUTED)
        shell = page.shell
        columns: list[Column[AnchorRow]] = [
            Column("number", _("Number"), lambda one: format_number(one.number), width=64, look="strong"),
            Column("at", _("Made at"), lambda one: shell.instant(one.made_at), width=140, look="muted"),
            Column(
                "occasion",
                _("Occasion"),
                lambda one: _(OCCASION_NAMES.get(one.occasion, one.occasion)),
                width=120,
                stretch=True,
            ),
            Column("by", _("Made by"), lambda one: one.made_by, width=150, hidden=True),
            Column("digest", _("Digest"), lambda one: one.digest[:SHORT], width=136, look="muted"),
        ]
        self.list: RowTable[AnchorRow] = RowTable(
            "anchors",
            _("Anchors"),
            columns,
            key=lambda one: one.number,
            empty=EmptyState(
                "shield-check",
                _("No anchor yet"),
                _("One is made whenever a cash session is closed, and whenever you order it."),
            ),
        )
        self.list.chosen.connect(self._show)
        self._make_detail()
        layout = column(
            self.lost,
            row(self.place, self.choose, self.no_folder, self.newest, self.older, self.make, spacing=8),
            spacing=12,
        )
        layout.addLayout(split(self.list, self.side), 1)
        self.setLayout(layout)
        self.reload()

    def _make_detail(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                "shield-check", _("No anchor chosen"), _("Choose an anchor to see where each chain stood.")
            )
        )
        self._title = Text("", Role.SECTION)
        self._facts = DefinitionRows(muted="label")
        self._digest = Text("", Role.SMALL, wrap=True).selectable()
        self.copy = Button(_("Copy the line"), small=True)
        self.copy.clicked.connect(self._copy)
        self._heads = DefinitionRows()
        section = Section(_("Where each chain stood"), self._heads)
        section.body.addStretch(1)
        head = column(
            row(self._title, None, self.copy),
            self._facts,
            self._digest,
            spacing=12,
            margins=(16, 16, 16, 16),
        )
        whole = QWidget()
        whole.setLayout(column(head, Hairline(), section, None, spacing=0))
        self._stack.addWidget(Scroller(whole))
        self.side = Card()
        self.side.body.addWidget(self._stack, 1)

    def reload(self) -> None:
        """Asks again for the newest, the folder, and what is no longer as remembered."""
        self.newest.setVisible(self._wanted is not None)
        before = None if self._wanted is None else self._wanted + 1
        self._page.read(Anchors(before=before, limit=_AT_ONCE), then=self._show_newest, key="anchors")
        self._page.read(AnchorFolder(), then=self._show_folder, key="anchor folder")
        self._page.read(LostHeads(), then=self._show_lost, key="lost heads")

    def show_anchor(self, number: int) -> None:
        """Chooses an anchor; the list begins with it."""
        self._wanted = number
        self.reload()

    def show_newest(self) -> None:
        """All anchors again."""
        self._wanted = None
        self.reload()
        self.list.take_focus()

    def _show_newest(self, rows: list[AnchorRow]) -> None:
        before = self.list.current()
        self._rows = rows
        self._fill(rows)
        if self._made_number is not None:
            self.list.select_key(self._made_number)
            self._made_number = None
        elif before is not None and self._wanted is None:
            self.list.select_key(before.number)
        elif rows:
            self.list.select_first()

    def _ask_older(self) -> None:
        if self._rows:
            wanted = Anchors(before=self._rows[-1].number, limit=_AT_ONCE)
            self._page.read(wanted, then=self._show_older, key="anchors")

    def _show_older(self, rows: list[AnchorRow]) -> None:
        self._rows = [*self._rows, *rows]
        self._fill(rows)

    def _fill(self, latest: Sequence[AnchorRow]) -> None:
        self.older.setVisible(len(latest) == _AT_ONCE)
        self.list.set_source(ListSource(self._rows))

    def _show(self, anchor: AnchorRow | None) -> None:
        self._stack.setCurrentIndex(0 if anchor is None else 1)
        if anchor is None:
            return
        shell = self._page.shell
        self._title.setText(_("Anchor {number}").format(number=format_number(anchor.number)))
        self._facts.set_rows(
            [
                (_("Business day"), shell.day(anchor.booked_on)),
                (_("Made at"), shell.instant(anchor.made_at)),
                (_("Made by"), anchor.made_by),
                (_("Workstation"), anchor.workstation),
            ]
        )
        # Breaks between groups of letters, so that a narrow place shows all of it.
        groups = [anchor.digest[start : start + SHORT] for start in range(0, len(anchor.digest), SHORT)]
        self._digest.setText(" ".join(groups))
        self._heads.set_rows(
            [
                (chain_name(head.chain), f"{format_number(head.last)} · {head.digest[:SHORT]}")
                for head in sorted(anchor.heads, key=lambda head: chain_order(head.chain))
            ]
        )  # fmt: skip

    def _copy(self) -> None:
        anchor = self.list.current()
        if anchor is not None:
            QGuiApplication.clipboard().setText(anchor.line)
            self._page.shell.say(_("The signed line is copied."))

    # --- orders ----------------------------------------------------------------------------------------------

    def make_anchor(self) -> None:
        """Makes one now."""
        self._wanted = None
        self.make.setEnabled(False)
        self._page.run(MakeAnchor(), then=self._made, failed=self._not_made, undone=self._unlock)

    def _made(self, made: AnchorMade) -> None:
        self._unlock()
        self._page.shell.say(_("Anchor {number} is made.").format(number=format_number(made.number)))
        self._made_number = made.number
        self.reload()

    def _not_made(self, problem: UserError) -> None:
        self._unlock()
        self._page.notice.show_error(problem)

    def _unlock(self) -> None:
        self.make.setEnabled(True)

    # --- the folder ------------------------------------------------------------------------------------------

    def choose_folder(self) -> None:
        """Asks for a share or a stick."""
        chosen = QFileDialog.getExistingDirectory(self, _("Folder of the anchors"), self._folder)
        if chosen:
            self.set_folder(chosen)

    def set_folder(self, folder: str) -> None:
        """Has anchors written to ``folder`` as well; empty: to none."""
        self._page.run(ChooseAnchorFolder(folder=folder))

    def _show_folder(self, kept: KeptOutside) -> None:
        self._folder = kept.folder
        self.no_folder.setVisible(bool(kept.folder) and self._page.may(ADMINISTER_SETTINGS))
        self.place.setText(
            _("Also written to {folder}").format(folder=kept.folder)
            if kept.folder
            else _("Written to no folder yet")
        )

    # --- what this workstation remembers ---------------------------------------------------------------------

    def _show_lost(self, findings: list[Finding]) -> None:
        if not findings:
            self.lost.hide()
            return
        self.lost.say(
            Tone.BAD,
            lost_in_words(findings),
            _("Run the verification and find out why before anybody goes on. Begin anew only when you know."),
            details="\n".join(sentence(one, self._page.shell.municipality) for one in findings),
            action=(_("Begin anew…"), self.begin_anew),
        )
        self.lost.can_close(False)

    def begin_anew(self) -> "BeginAnewDialog":
        """Asks why what is remembered may be forgotten."""
        dialog = BeginAnewDialog(self._page, self.reload)
        dialog.open()
        return dialog


def lost_in_words(findings: Sequence[Finding]) -> str:
    """How many chains are no longer as this workstation remembers them."""
    return ngettext(
        "{count} chain of this database is no longer as this workstation remembers it.",
        "{count} chains of this database are no longer as this workstation remembers them.",
        len(findings),
    ).format(count=format_number(len(findings)))


class BeginAnewDialog(Dialog):
    """Asks for the reason, which is recorded."""

    def __init__(self, page: Page, done: Callable[[], None]) -> None:
        self._page, self._done = page, done
        self.form = Form()
        self.reason = TextField(_("Reason"))
        self.form.add("reason", Field(_("Reason"), self.reason, required=True))
        text = Text(
            _(
                "This workstation forgets where the chains stood and remembers where they stand now. The reason and "
                "what was lost are recorded in the audit log."
            ),
            wrap=True,
        )
        super().__init__(
            page, _("Begin anew with this database?"), text, self.form, primary=_("Begin anew"),
            kind=Kind.DANGER, icon="triangle-alert",
        )  # fmt: skip
        self.reason.setFocus()

    def dirty(self) -> bool:
        """Whether a reason was typed."""
        return bool(self.reason.text())

    def submit(self) -> None:
        """Sends the order."""
        if not self.form.check():
            return
        self.primary.setEnabled(False)
        self.notice.hide()
        self._page.shell.operations.run(
            BeginHeadsAnew(reason=self.reason.text()), then=self._begun, failed=self.refuse,
            undone=self.unlock, owner=self,
        )  # fmt: skip

    def _begun(self, _lost: int) -> None:
        self._page.shell.say(_("This workstation begins anew with this database."))
        self._done()
        self.accept()

    def refuse(self, problem: UserError) -> None:
        """Shows it beside its field, or above."""
        self.unlock()
        if not self.form.refuse(problem):
            super().refuse(problem)
