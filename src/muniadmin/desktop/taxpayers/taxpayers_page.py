"""Taxpayers: the register with its filters, the file of the chosen one, the form, the import of rolls."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from muniadmin.billing.names import BILLS_TOPIC, PAYMENTS_TOPIC, VIEW_BILLS
from muniadmin.billing.reads import (
    Bills,
    BillsPage,
    HeadRow,
    RegisterFilter,
    RegisterRow,
    RegisterTotal,
    RevenueHeads,
    TaxpayerBalance,
)
from muniadmin.collection.names import TAKE_PAYMENTS, VIEW_COLLECTION
from muniadmin.collection.reads import Receipts, ReceiptsPage
from muniadmin.desktop.exchange.import_page import ImportPage
from muniadmin.desktop.lists.listing import Listing, Nothing, Wanted
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import (
    Filtered,
    New,
    Scanned,
    Scene,
    Searched,
    Target,
)
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.taxpayers.actions import taxpayer_actions
from muniadmin.desktop.taxpayers.import_kind import TaxpayersImport
from muniadmin.desktop.taxpayers.object_dialog import EndObjectDialog, ObjectDialog
from muniadmin.desktop.taxpayers.statement_dialog import StatementDialog
from muniadmin.desktop.taxpayers.tables import RegisterSource, taxpayer_columns
from muniadmin.desktop.taxpayers.taxpayer_form import TaxpayerForm
from muniadmin.desktop.taxpayers.taxpayer_panel import TaxpayerPanel
from muniadmin.desktop.taxpayers.words import KINDS, STATUSES, standing_word
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.layouts import show_if
from muniadmin.desktop.widgets.many_chip import ManyChip
from muniadmin.desktop.widgets.menu_chip import MenuChip
from muniadmin.desktop.widgets.row_source import Summary
from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import N_, _, pick
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
from muniadmin.taxpayers.reads import ObjectRow, Taxpayer360, TaxpayerDetail, TaxpayerHistory

# Views that everybody has, by name.
_VIEWS: Mapping[str, Mapping[str, Any]] = {
    N_("Late payers"): {"standings": ("overdue",)},
    N_("Organisations"): {"kinds": ("organisation",)},
    N_("No longer active"): {"statuses": ("dormant", "closed")},
}


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
        self._back = ""
        self.new = Button(_("New"), Kind.PRIMARY, key="Ctrl+N")
        self.new.clicked.connect(self._new)
        show_if(self.new, self.may(EDIT_TAXPAYERS))
        self.header.add_action(self.new)

        self.detail = TaxpayerPanel(shell)
        self.detail.pay.connect(self.pay)
        self.detail.edit.connect(self._edit)
        self.detail.statement.connect(self.open_statement)
        self.detail.add_object.connect(lambda: self.open_object(None))
        self.detail.object_wanted.connect(self.open_object)
        self._make_listing()
        self.stack.addWidget(self.listing)
        self.body.addWidget(self.stack, 1)
        self.read(TheProfile(), then=self._take_profile, key="profile")
        if self.may(VIEW_BILLS):
            self.read(RevenueHeads(), then=self._take_heads, key="heads")
        self.listing.ask()

    def _make_listing(self) -> None:
        sees_debts = self.may(VIEW_BILLS)
        self.zones: ManyChip[str] = ManyChip(_("Zone"))
        self.head: MenuChip[str] = MenuChip(_("Revenue head"), everything=_("All revenue heads"))
        self.object_kind: MenuChip[str] = MenuChip(_("Object"), everything=_("With or without objects"))
        standings = [(code, standing_word(code)) for code in ("overdue", "not_due", "up_to_date")]
        self.listing: Listing[RegisterRow] = Listing(
            self,
            "taxpayers",
            _("Taxpayers"),
            taxpayer_columns(self.shell),
            lambda wanted: RegisterSource(self.read, _filter_of(wanted)),
            key=lambda row: row.taxpayer_id,
            sort="name",
            search=_("Name, number, phone or plate"),
            filters={
                **({"standings": ManyChip(_("State"), standings)} if sees_debts else {}),
                "zones": self.zones,
                "kinds": ManyChip(_("Person type"), [(code, _(word)) for code, word in KINDS.items()]),
                **({"head_code": self.head} if sees_debts else {}),
                "object_kind": self.object_kind,
                "statuses": ManyChip(_("Status"), [(code, _(word)) for code, word in STATUSES.items()]),
            },
            more=("object_kind", "statuses"),
            views={name: view for name, view in _VIEWS.items() if sees_debts or "standings" not in view},
            empty=Nothing(
                "users",
                _("The register is empty"),
                _("Taxpayers you register or import appear here, with what they own and owe."),
                (_("New taxpayer"), self.open_form) if self.may(EDIT_TAXPAYERS) else None,
            ),
            panel=self.detail,
            sums=[(_("Total"), lambda row: row.balance)] if sees_debts else (),
            titled=True,
        )
        self.list = self.listing.table
        self.listing.chosen.connect(self._on_chosen)
        self.listing.counted.connect(self._on_counted)

    # --- asking -----------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Asks again; the row in hand stays."""
        self.listing.reload()
        if self.detail.taxpayer is not None:
            self._ask_file(self.detail.taxpayer.taxpayer_id, self.detail.taxpayer.number)

    def _take_profile(self, profile: Profile) -> None:
        self.profile = profile
        self.zones.set_choices([(zone.code, pick(zone.names)) for zone in profile.zones])
        self.object_kind.set_choices([(kind.code, pick(kind.names)) for kind in profile.object_kinds])
        self.detail.set_profile(profile)
        if self._wanted_form is not None:
            wanted, self._wanted_form = self._wanted_form, None
            self.open(wanted)

    def _take_heads(self, heads: list[HeadRow]) -> None:
        self.head.set_choices([(head.code, pick(head.names)) for head in heads if head.active])

    def _on_counted(self, summary: Summary) -> None:
        if summary.count and self.may(VIEW_BILLS):
            self.list.set_totals([(_("Total"), "…")])
            total = RegisterTotal(filter=_filter_of(self.listing.wanted()))
            self.read(total, then=self._show_total, key="total")

    def _show_total(self, total: Money) -> None:
        self.list.set_totals([(_("Total"), self.shell.amount(total, code=True))])

    # --- the file in hand -------------------------------------------------------------------------------------------

    def _on_chosen(self, row: RegisterRow | None) -> None:
        if row is None:
            self.detail.show_nothing()
            return
        self.detail.show_row(row)
        self._ask_file(row.taxpayer_id, row.number)

    def _ask_file(self, taxpayer_id: int, number: str) -> None:
        self.read(TaxpayerDetail(taxpayer_id=taxpayer_id), then=self.detail.show_taxpayer, key="file")
        self.read(TaxpayerHistory(number=number), then=self.detail.show_history, key="history")
        if self.may(VIEW_BILLS):
            self.read(TaxpayerBalance(taxpayer_id=taxpayer_id), then=self.detail.show_balance, key="balance")
            self.read(Bills(taxpayer_id=taxpayer_id, limit=12), then=self._show_bills, key="bills")
        if self.may(VIEW_COLLECTION):
            self.read(Receipts(taxpayer_id=taxpayer_id, limit=12), then=self._show_receipts, key="receipts")

    def _show_bills(self, bills: BillsPage) -> None:
        self.detail.show_bills(bills.rows)

    def _show_receipts(self, receipts: ReceiptsPage) -> None:
        self.detail.show_receipts(receipts.rows)

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
        self,
        taxpayer: Taxpayer360 | None = None,
        values: dict[str, Any] | None = None,
        back: str = "",
    ) -> TaxpayerForm | None:
        """The form for a new taxpayer, or for the one in hand; afterwards the page ``back`` has them in hand."""
        if not self.may(EDIT_TAXPAYERS) or self.profile is None:
            return None
        self.form = TaxpayerForm(self, self.shell, self.profile, taxpayer, values=values)
        self.form.saved.connect(self._saved)
        self.form.opened.connect(self._leave_for)
        self.form.finished.connect(self._form_closed)
        self._back = back
        self.form.rejected.connect(self._go_back)
        self.form.open()
        return self.form

    def _form_closed(self) -> None:
        self.form = None

    def _new(self) -> None:
        self.open_form()

    def _edit(self) -> None:
        if self.detail.taxpayer is not None:
            self.open_form(self.detail.taxpayer)

    def _saved(self, outcome: TaxpayerSaved) -> None:
        changed = self.detail.taxpayer is not None and self.detail.taxpayer.taxpayer_id == outcome.taxpayer_id
        if changed:
            self.shell.say(_("{number} was saved.").format(number=outcome.number))
        else:
            self.shell.say(_("{number} is on the register.").format(number=outcome.number))
            if self._back:
                # The list stays as it was left.
                self._go_back(Scanned(TAXPAYER_NUMBER, outcome.number))
                return
            self.listing.look_for(outcome.number)
        self.listing.select_key(outcome.taxpayer_id)

    def _go_back(self, target: Target | None = None) -> None:
        back, self._back = self._back, ""
        if back:
            self.shell.go(back, target)

    def _leave_for(self, number: str) -> None:
        """From the form to the file of somebody alike; typed text is asked about first."""
        form = self.form
        if form is None:
            return
        # From somebody who is on the register already one goes on there, too.
        form.rejected.disconnect(self._go_back)
        form.rejected.connect(lambda: self.listing.look_for(number))
        if self._back:
            form.rejected.connect(lambda: self._go_back(Scanned(TAXPAYER_NUMBER, number)))
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

    # --- import ------------------------------------------------------------------------------------------

    def import_kind(self) -> TaxpayersImport | None:
        """Registers and rolls, as the profile knows them."""
        return TaxpayersImport(self.profile) if self.profile is not None else None

    # --- coming and going -------------------------------------------------------------------------------------------

    def open(self, target: Target) -> None:
        """A scanned taxpayer, a search, the rows behind a figure, or the form for a new one."""
        if not isinstance(target, New):
            self.leave_import()
        if isinstance(target, Scanned):
            self.listing.show_one(target.number)
        elif isinstance(target, Searched):
            self.listing.look_for(target.text)
        elif isinstance(target, Filtered):
            self.listing.look_for(**target.filters)
        elif isinstance(target, New):
            if self.profile is None:
                self._wanted_form = target
            else:
                self.open_form(values=dict(target.values), back=target.back)

    def take_focus(self) -> None:
        """The keyboard starts in the search, or in the assistant."""
        if self.assistant is not None and self.importing:
            self.assistant.take_focus()
        else:
            self.listing.take_focus()

    def actions_offered(self) -> Sequence[Action]:
        """What the palette lists."""
        return [*taxpayer_actions(self), *self.listing.offered()]

    def memory(self) -> dict[str, Any]:
        """What is listed, and how."""
        return self.listing.memory()

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes it up again."""
        self.listing.recall(memory)

    def dirty(self) -> bool:
        """Whether a form is open with something typed, or an assistant in the middle of its work."""
        typing = self.form is not None and self.form.dirty()
        return typing or super().dirty()

    def scenes(self) -> list[Scene]:
        """The filters at work, the form, an object, the import."""
        name = row.name if (row := self.list.model.row(3)) is not None else ""

        def late() -> None:
            self.listing.look_for(standings=("overdue",), zones=("medina", "agdal"))

        def nobody() -> None:
            self.listing.look_for("Zzyzx")

        def form() -> QWidget | None:
            self.listing.clear()
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


def _filter_of(wanted: Wanted) -> RegisterFilter:
    codes = {name: wanted.filters.get(name) or "" for name in ("head_code", "object_kind")}
    return RegisterFilter(text=wanted.text, **{**wanted.filters, **codes})
