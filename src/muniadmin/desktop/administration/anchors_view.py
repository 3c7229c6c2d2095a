"""The anchors: where every chain stood and when, the newest first; and what this workstation remembers beside them."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedWidget, QWidget

from muniadmin.anchors.commands import AnchorMade, ChooseAnchorFolder, MakeAnchor
from muniadmin.anchors.reads import AnchorCount, AnchorFolder, AnchorRow, Anchors, KeptOutside
from muniadmin.anchors.rules import OCCASION_NAMES, SHORT
from muniadmin.desktop.lists.columns import count_column
from muniadmin.desktop.lists.listing import Listing, Nothing, Wanted
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.cards import Card, Scroller, Section
from muniadmin.desktop.widgets.chips import GivenChip
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.files import ask_for_folder
from muniadmin.desktop.widgets.form_dialog import FormDialog
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import ElidedText, Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import QuerySource, Summary, Window
from muniadmin.kernel.chains import chain_name, chain_order
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.settings.names import ADMINISTER_SETTINGS
from muniadmin.verification.commands import BeginHeadsAnew, Finding
from muniadmin.verification.findings import sentence
from muniadmin.verification.remembered_reads import LostHeads


class AnchorsView(QWidget):
    """List, the chosen anchor in full, the folder, and the order to make one now."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._folder = ""
        self.lost = Banner()
        self.lost.hide()
        self.make = Button(_("Make an anchor now"), Kind.PRIMARY, icon="plus")
        self.make.clicked.connect(self.make_anchor)
        self.choose = Button(_("Choose the folder…"), icon="folder-open")
        self.choose.clicked.connect(self.choose_folder)
        if not page.may(ADMINISTER_SETTINGS):
            self.choose.hide()
        self.no_folder = Button(_("No folder"))
        self.no_folder.clicked.connect(lambda: self.set_folder(""))
        self.no_folder.hide()
        self.place = ElidedText("", Role.MUTED)
        shell = page.shell
        self._make_detail()
        self._begins = GivenChip(
            lambda number: _("From anchor {number}").format(number=format_number(number))
        )
        self.listing: Listing[AnchorRow] = Listing(
            page,
            "anchors",
            _("Anchors"),
            anchor_columns(shell),
            self._source,
            key=lambda one: one.number,
            filters={"begins": self._begins},
            empty=Nothing(
                "shield-check",
                _("No anchor yet"),
                _("One is made whenever a cash session is closed, and whenever you order it."),
            ),
            panel=self.side,
        )
        self.list = self.listing.table
        self.listing.chosen.connect(self._show)
        layout = column(
            self.lost, row(self.place, None, self.choose, self.no_folder, self.make, spacing=8), spacing=12
        )
        layout.addWidget(self.listing, 1)
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
        self.listing.reload()
        self._page.read(AnchorFolder(), then=self._show_folder, key="anchor folder")
        self._page.read(LostHeads(), then=self._show_lost, key="lost heads")

    def show_anchor(self, number: int) -> None:
        """Chooses an anchor; the list begins with it."""
        self.listing.look_for(key=number, begins=number)

    def _source(self, wanted: Wanted) -> QuerySource[AnchorRow]:
        begins = wanted.filters["begins"]
        before = None if begins is None else begins + 1
        return QuerySource(
            self._page.read,
            page=partial(_question, before),
            total=lambda: AnchorCount(before=before),
            summarise=Summary,
        )

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
        self.make.setEnabled(False)
        self._page.run(MakeAnchor(), then=self._made, failed=self._not_made, undone=self._unlock)

    def _made(self, made: AnchorMade) -> None:
        self._unlock()
        self._page.shell.say(_("Anchor {number} is made.").format(number=format_number(made.number)))
        self.reload()

    def _not_made(self, problem: UserError) -> None:
        self._unlock()
        self._page.notice.show_error(problem)

    def _unlock(self) -> None:
        self.make.setEnabled(True)

    # --- the folder ------------------------------------------------------------------------------------------

    def choose_folder(self) -> None:
        """Asks for a share or a stick."""
        ask_for_folder(self, _("Folder of the anchors"), self.set_folder, begin=self._folder)

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


def anchor_columns(shell: Shell) -> list[Column[AnchorRow]]:
    """The columns of the anchors."""
    return [
        count_column("number", _("Number"), lambda one: one.number, width=64, look="strong"),
        Column("at", _("Made at"), lambda one: shell.instant(one.made_at), width=140, look="muted", exact=True),
        Column(
            "occasion", _("Occasion"), lambda one: _(OCCASION_NAMES.get(one.occasion, one.occasion)), width=120,
            stretch=True,
        ),
        Column("by", _("Made by"), lambda one: one.made_by, width=150, hidden=True),
        Column(
            "digest", _("Digest"), lambda one: one.digest[:SHORT], width=136, look="muted", exact=True, leaves=1
        ),
    ]  # fmt: skip


def _question(before: int | None, window: Window) -> Anchors:
    """A window of anchors; from the one before it, where that is known."""
    if window.anchor is not None:
        return Anchors(before=window.anchor.number, offset=window.skip, limit=window.limit)
    return Anchors(before=before, offset=window.offset, limit=window.limit)


class BeginAnewDialog(FormDialog):
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
            page, _("Begin anew with this database?"), self.form, text, self.form, primary=_("Begin anew"),
            kind=Kind.DANGER, icon="triangle-alert",
        )  # fmt: skip
        self.reason.setFocus()

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
