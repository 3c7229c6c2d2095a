"""Taxpayers: the register with its filters, the file of the chosen one, the form, the import of rolls."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from muniadmin.billing.names import BILLS_TOPIC, PAYMENTS_TOPIC, VIEW_BILLS
from muniadmin.billing.reads import (
    Balance,
    Bills,
    BillsPage,
    HeadRow,
    RegisterFilter,
    RegisterRow,
    RegisterSort,
    RegisterTotal,
    RevenueHeads,
    TaxpayerBalance,
)
from muniadmin.collection.names import TAKE_PAYMENTS, VIEW_COLLECTION
from muniadmin.collection.reads import Receipts, ReceiptsPage
from muniadmin.desktop.exchange.import_page import ImportPage
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import (
    Filtered,
    New,
    Scanned,
    Scene,
    Searched,
    Target,
    split,
)
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.taxpayers.filters import FilterBar
from muniadmin.desktop.taxpayers.import_kind import TaxpayersImport
from muniadmin.desktop.taxpayers.object_dialog import EndObjectDialog, ObjectDialog
from muniadmin.desktop.taxpayers.source import RegisterSource
from muniadmin.desktop.taxpayers.statement_dialog import StatementDialog
from muniadmin.desktop.taxpayers.taxpayer_form import TaxpayerForm
from muniadmin.desktop.taxpayers.taxpayer_panel import TaxpayerPanel
from muniadmin.desktop.taxpayers.words import columns
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.layouts import column, show_if
from muniadmin.desktop.widgets.row_source import Summary
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.exchange.commands import Exported, ExportRegister, RegisterColumn
from muniadmin.kernel.changes import Topic
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.money import Money
from muniadmin.settings.profile import Profile
from muniadmin.settings.reads import TheProfile
from muniadmin.taxpayers.commands import TaxpayerSaved
from muniadmin.taxpayers.names import (
    EDIT_TAXPAYERS,
    IMPORT_TAXPAYERS,
    OBJECTS_TOPIC,
    TAXPAYER_NUMBER,
    TAXPAYERS_TOPIC,
)
from muniadmin.taxpayers.reads import HistoryLine, ObjectRow, Taxpayer360, TaxpayerDetail, TaxpayerHistory


class TaxpayersPage(ImportPage):
    """The list on the left, the chosen file on the right; the import assistant takes the place of both."""

    topics: ClassVar[frozenset[Topic]] = frozenset(
        {TAXPAYERS_TOPIC, OBJECTS_TOPIC, BILLS_TOPIC, PAYMENTS_TOPIC}
    )

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Taxpayers"), IMPORT_TAXPAYERS)
        self.profile: Profile | None = None
        self.form: TaxpayerForm | None = None
        self._wanted_form: New | None = None
        self.new = Button(_("New"), Kind.PRIMARY, key="Ctrl+N")
        self.new.clicked.connect(self._new)
        show_if(self.new, self.may(EDIT_TAXPAYERS))
        self.header.add_action(self.new)

        self.filters = FilterBar()
        self.filters.changed.connect(self.ask)
        self.filters.columns_wanted.connect(lambda at: self.list.columns_menu().popup(at))
        self.filters.export_wanted.connect(lambda at: self.export_menu().popup(at))
        self._first = Button(_("New taxpayer"), Kind.PRIMARY)
        self._first.clicked.connect(self._first_clicked)
        self.list: RowTable[RegisterRow] = RowTable(
            "taxpayers",
            _("Taxpayers"),
            columns(shell),
            key=lambda row: row.taxpayer_id,
            sort="name",
            empty=EmptyState("users", "", "", self._first),
        )
        self.list.chosen.connect(self._on_chosen)
        self.list.opened.connect(self._edit)
        self.list.counted.connect(self._on_counted)
        self.detail = TaxpayerPanel(shell)
        self.detail.pay.connect(self.pay)
        self.detail.edit.connect(self._edit)
        self.detail.statement.connect(self.open_statement)
        self.detail.add_object.connect(lambda: self.open_object(None))
        self.detail.object_wanted.connect(self.open_object)
        lists = QWidget()
        lists.setLayout(column(self.filters, spacing=12))
        lists.layout().addLayout(split(self.list, self.detail))  # type: ignore[union-attr]
        self.stack.addWidget(lists)
        self.body.addWidget(self.stack, 1)
        self.read(TheProfile(), then=self._take_profile, key="profile")
        self.read(RevenueHeads(), then=self._take_heads, key="heads")
        self.ask()

    # --- asking -----------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Lists what the filters say, from the top."""
        self.list.set_source(RegisterSource(self.read, self.filters.filter()))

    def reload(self) -> None:
        """Asks again; the row in hand stays."""
        self.list.reload()
        if self.detail.taxpayer is not None:
            self._ask_file(self.detail.taxpayer.taxpayer_id)

    def _take_profile(self, profile: Profile) -> None:
        self.profile = profile
        self.filters.set_profile(profile)
        self.detail.set_profile(profile)
        if self._wanted_form is not None:
            wanted, self._wanted_form = self._wanted_form, None
            self.open(wanted)

    def _take_heads(self, heads: list[HeadRow]) -> None:
        self.filters.set_heads(heads)

    def _on_counted(self, summary: Summary) -> None:
        if not self.importing:
            self.header.set_count(format_number(summary.count) if summary.count else "")
        if not summary.count:
            self._say_empty()
            return
        if self.list.current() is None:
            self.list.select_first()
        if self.may(VIEW_BILLS):
            self.list.set_totals([(_("Total"), "…")])
            self.read(RegisterTotal(filter=self.filters.filter()), then=self._show_total, key="total")

    def _show_total(self, total: Money) -> None:
        self.list.set_totals([(_("Total"), self.shell.amount(total, code=True))])

    def _say_empty(self) -> None:
        if self.filters.filtered():
            self.list.empty.say(
                "search", _("Nobody fits"), _("Take a filter away, or search by less of the name or number.")
            )
            self._first.set_text(_("Show everybody"))
            self._first.show()
        else:
            self.list.empty.say(
                "users",
                _("The register is empty"),
                _("Taxpayers you register or import appear here, with what they own and owe."),
            )
            self._first.set_text(_("New taxpayer"))
            self._first.setVisible(self.may(EDIT_TAXPAYERS))

    def _first_clicked(self) -> None:
        if self.filters.filtered():
            self.filters.set_filter(RegisterFilter())
        else:
            self.open_form()

    # --- the file in hand -------------------------------------------------------------------------------------------

    def _on_chosen(self, row: RegisterRow | None) -> None:
        if row is None:
            self.detail.show_nothing()
            return
        self.detail.show_row(row)
        self._ask_file(row.taxpayer_id)

    def _ask_file(self, taxpayer_id: int) -> None:
        self.read(TaxpayerDetail(taxpayer_id=taxpayer_id), then=self._show_file, key="file")
        if self.may(VIEW_BILLS):
            self.read(TaxpayerBalance(taxpayer_id=taxpayer_id), then=self._show_balance, key="balance")
            self.read(Bills(taxpayer_id=taxpayer_id, limit=12), then=self._show_bills, key="bills")
        if self.may(VIEW_COLLECTION):
            self.read(Receipts(taxpayer_id=taxpayer_id, limit=12), then=self._show_receipts, key="receipts")

    def _show_file(self, taxpayer: Taxpayer360) -> None:
        self.detail.show_taxpayer(taxpayer)
        self.read(TaxpayerHistory(number=taxpayer.number), then=self._show_history, key="history")

    def _show_balance(self, balance: Balance) -> None:
        self.detail.show_balance(balance)

    def _show_bills(self, bills: BillsPage) -> None:
        self.detail.show_bills(bills.rows)

    def _show_receipts(self, receipts: ReceiptsPage) -> None:
        self.detail.show_receipts(receipts.rows)

    def _show_history(self, history: list[HistoryLine]) -> None:
        self.detail.show_history(history)

    def pay(self) -> None:
        """Opens the counter with this taxpayer in front of it."""
        if self.detail.taxpayer is not None and self.may(TAKE_PAYMENTS):
            self.shell.go("counter", Scanned(TAXPAYER_NUMBER, self.detail.taxpayer.number))

    def open_statement(self) -> StatementDialog | None:
        """The statement of the account of the taxpayer in hand."""
        if self.detail.taxpayer is None or not self.may(VIEW_BILLS):
            return None
        dialog = StatementDialog(self, self.shell, self.detail.taxpayer)
        dialog.open()
        return dialog

    # --- forms ------------------------------------------------------------------------------------------------------

    def open_form(
        self, taxpayer: Taxpayer360 | None = None, values: dict[str, Any] | None = None
    ) -> TaxpayerForm | None:
        """The form for a new taxpayer, or for the one in hand."""
        if not self.may(EDIT_TAXPAYERS) or self.profile is None:
            return None
        self.form = TaxpayerForm(self, self.shell, self.profile, taxpayer, values=values)
        self.form.saved.connect(self._saved)
        self.form.opened.connect(self._leave_for)
        self.form.open()
        return self.form

    def _new(self) -> None:
        self.open_form()

    def _edit(self, _row: object = None) -> None:
        if self.detail.taxpayer is not None:
            self.open_form(self.detail.taxpayer)

    def _saved(self, outcome: TaxpayerSaved) -> None:
        changed = self.detail.taxpayer is not None and self.detail.taxpayer.taxpayer_id == outcome.taxpayer_id
        if changed:
            self.shell.say(_("{number} was saved.").format(number=outcome.number))
        else:
            self.shell.say(_("{number} is on the register.").format(number=outcome.number))
            self.filters.set_filter(RegisterFilter(text=outcome.number))
        self.list.select_key(outcome.taxpayer_id)

    def _leave_for(self, number: str) -> None:
        """From the form to the file of somebody alike; typed text is asked about first."""
        form = self.form
        if form is None:
            return
        form.rejected.connect(lambda: self.filters.set_filter(RegisterFilter(text=number)))
        form.reject()

    def open_object(self, known: ObjectRow | None) -> ObjectDialog | None:
        """The form of an object of the taxpayer in hand."""
        owner = self.detail.taxpayer
        if owner is None or self.profile is None or not self.may(EDIT_TAXPAYERS):
            return None
        dialog = ObjectDialog(self, self.shell, self.profile, owner, known)
        dialog.saved.connect(lambda _outcome: self.shell.say(_("The object was saved.")))
        dialog.end_wanted.connect(lambda: self._end(dialog, known))
        dialog.open()
        return dialog

    def _end(self, dialog: ObjectDialog, known: ObjectRow | None) -> None:
        if known is None:
            return
        question = EndObjectDialog(dialog, self.shell, known)
        question.ended.connect(lambda _outcome: dialog.done(1))
        question.ended.connect(lambda _outcome: self.shell.say(_("The object was ended.")))
        question.open()

    # --- import and export ------------------------------------------------------------------------------------------

    def import_kind(self) -> TaxpayersImport | None:
        """Registers and rolls, as the profile knows them."""
        return TaxpayersImport(self.profile) if self.profile is not None else None

    def export_menu(self) -> QMenu:
        """How the list may be written to a file."""
        menu = QMenu(self)
        for ending, title in (("xlsx", _("Workbook (XLSX)…")), ("csv", _("Text (CSV)…"))):
            menu.addAction(title).triggered.connect(lambda _checked=False, e=ending: self._choose_export(e))
        return menu

    def _choose_export(self, ending: str) -> None:
        name = _("taxpayers {day}").format(day=self.today.isoformat())
        patterns = {"xlsx": _("Workbook (*.xlsx)"), "csv": _("Text (*.csv)")}
        path, _chosen = QFileDialog.getSaveFileName(
            self, _("Export the list"), str(Path.home() / f"{name}.{ending}"), patterns[ending]
        )
        if path:
            self.export(path if Path(path).suffix else f"{path}.{ending}")

    def export(self, path: str) -> None:
        """Writes exactly what is shown: these rows, in this order, these columns."""
        model = self.list.model
        command = ExportRegister(
            path=path,
            columns=tuple((RegisterColumn(shown.id), shown.title) for shown in self.list.shown_columns()),
            filter=self.filters.filter(),
            sort=cast("RegisterSort", model.sort_by or "name"),
            descending=model.descending,
        )
        self.shell.operations.start(command, _("Export of the list"), then=self._exported, owner=self)

    def _exported(self, outcome: Exported) -> None:
        self.shell.say(
            ngettext(
                "{count} row was written to {file}.", "{count} rows were written to {file}.", outcome.rows
            ).format(count=format_number(outcome.rows), file=Path(outcome.path).name)
        )

    # --- coming and going -------------------------------------------------------------------------------------------

    def open(self, target: Target) -> None:
        """A scanned taxpayer, a search, the rows behind a figure, or the form for a new one."""
        if not isinstance(target, New):
            self.leave_import()
        if isinstance(target, Scanned):
            self.filters.set_filter(RegisterFilter(text=target.number))
        elif isinstance(target, Searched):
            self.filters.set_filter(RegisterFilter(text=target.text))
        elif isinstance(target, Filtered):
            self.filters.set_filter(RegisterFilter(**target.filters))
        elif isinstance(target, New):
            if self.profile is None:
                self._wanted_form = target
            else:
                self.open_form(values=dict(target.values))

    def take_focus(self) -> None:
        """The keyboard starts in the list, or in the assistant."""
        if self.assistant is not None and self.importing:
            self.assistant.take_focus()
        else:
            self.list.take_focus()

    def actions_offered(self) -> Sequence[Action]:
        """What the palette lists."""
        group = _("Taxpayers")
        actions = [
            Action(id="taxpayers.new", title=_("New taxpayer"), run=self.open_form, key="Ctrl+N", icon="user-plus",
                   group=group, permission=EDIT_TAXPAYERS),
            Action(id="taxpayers.import", title=_("Import taxpayers…"), run=self.open_import, icon="upload",
                   group=group, permission=IMPORT_TAXPAYERS),
            Action(id="taxpayers.xlsx", title=_("Export the list as a workbook…"),
                   run=lambda: self._choose_export("xlsx"), icon="file-down", group=group),
            Action(id="taxpayers.csv", title=_("Export the list as CSV…"),
                   run=lambda: self._choose_export("csv"), icon="file-down", group=group),
            Action(id="taxpayers.everybody", title=_("Show everybody"),
                   run=lambda: self.filters.set_filter(RegisterFilter()), icon="users", group=group),
        ]  # fmt: skip
        chosen = self.detail.taxpayer
        if chosen is not None:
            actions += [
                Action(id="taxpayers.pay", title=_("Take payment"), run=self.pay, icon="banknote",
                       group=chosen.name, permission=TAKE_PAYMENTS),
                Action(id="taxpayers.statement", title=_("Statement of account"), run=self.open_statement,
                       icon="scroll-text", group=chosen.name, permission=VIEW_BILLS),
                Action(id="taxpayers.edit", title=_("Edit this taxpayer"), run=lambda: self.open_form(chosen),
                       icon="pencil", group=chosen.name, permission=EDIT_TAXPAYERS),
                Action(id="taxpayers.object", title=_("Add an object"), run=lambda: self.open_object(None),
                       icon="plus", group=chosen.name, permission=EDIT_TAXPAYERS),
            ]  # fmt: skip
        return actions

    def memory(self) -> dict[str, Any]:
        """The filters and the order."""
        model = self.list.model
        return {"filter": self.filters.filter(), "sort": (model.sort_by, model.descending)}

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes them up again."""
        self.list.model.sort_by, self.list.model.descending = memory["sort"]
        self.filters.set_filter(memory["filter"])

    def dirty(self) -> bool:
        """Whether a form is open with something typed, or an assistant in the middle of its work."""
        typing = self.form is not None and self.form.isVisible() and self.form.dirty()
        return typing or super().dirty()

    def scenes(self) -> list[Scene]:
        """The filters at work, the form, an object, the import."""
        name = row.name if (row := self.list.model.row(3)) is not None else ""

        def late() -> None:
            self.filters.set_filter(RegisterFilter(standings=("overdue",), zones=("medina", "agdal")))

        def nobody() -> None:
            self.filters.set_filter(RegisterFilter(text="Zzyzx"))

        def form() -> QWidget | None:
            self.filters.set_filter(RegisterFilter())
            return self.open_form(values={"name": name, "phone": "0661"})

        scenes = [Scene("late", late), Scene("nobody", nobody)]
        if self.may(VIEW_BILLS):
            scenes.append(Scene("statement", self.open_statement))
        if self.may(EDIT_TAXPAYERS):
            scenes += [
                Scene("form", form),
                Scene("edit", lambda: self.open_form(self.detail.taxpayer)),
                Scene("object", lambda: self.open_object(None)),
            ]
        lines = ["key;nom;telephone;zone;plaque;service;places"]
        lines += [f"R{n};Redevable {n};0661 23 45 {n};agdal;{n}-A-26;Petit taxi;5" for n in range(10, 40)]
        return scenes + self.import_scenes("roll-2026.csv", [*lines, "R99;;12;Mars;;;"])
