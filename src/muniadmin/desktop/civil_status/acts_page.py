"""Acts: the list with its search, the act in hand, drafting and signing."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from muniadmin.access.names import USERS_TOPIC
from muniadmin.civil_status.commands import ActSaved, ActSigned, DiscardDraft, SignAct
from muniadmin.civil_status.names import ACTS_TOPIC, HANDLE_REQUESTS, RECORD_ACTS, REQUESTS_TOPIC
from muniadmin.civil_status.reads import ActDetail, ActRow, Acts, Book, OneAct, OpenBook
from muniadmin.civil_status.reads import ActsPage as Answer
from muniadmin.civil_status.rules import act_reference
from muniadmin.desktop.civil_status.act_dialog import ActDialog
from muniadmin.desktop.civil_status.act_panel import ActPanel
from muniadmin.desktop.civil_status.actions import act_actions
from muniadmin.desktop.civil_status.registers_dialog import RegistersDialog
from muniadmin.desktop.civil_status.tables import act_columns, act_state_word
from muniadmin.desktop.lists.listing import Listing, Nothing, Wanted
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import Filtered, New, Page, Scene, Searched, Target
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.desktop.widgets.layouts import show_if
from muniadmin.desktop.widgets.menu_chip import MenuChip
from muniadmin.desktop.widgets.row_source import QuerySource, Summary, Window
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, pick


class ActsPage(Page):
    """The acts on the left, the one in hand on the right."""

    topics = frozenset({ACTS_TOPIC, REQUESTS_TOPIC, USERS_TOPIC})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Acts"))
        self.dialog: ActDialog | None = None
        self._book: Book | None = None
        registers = Button(_("Registers"))
        registers.clicked.connect(self.open_registers)
        self.header.add_action(registers)
        self.new = Button(_("New act"), Kind.PRIMARY, key="Ctrl+N")
        self.new.clicked.connect(self.open_new)
        self.header.add_action(self.new)
        show_if(self.new, self.may(RECORD_ACTS))

        self.detail = ActPanel(shell)
        self.detail.sign.connect(self.ask_sign)
        self.detail.change.connect(self.open_change)
        self.detail.discard.connect(self.ask_discard)
        self.detail.request.connect(self.open_request)
        self._make_listing()
        self.body.addWidget(self.listing, 1)
        self._ask_book()
        self.listing.ask()

    def _make_listing(self) -> None:
        self.state: MenuChip[str] = MenuChip(
            _("State"),
            [(state, act_state_word(state)) for state in ("draft", "signed")],
            everything=_("All states"),
        )
        self.register: MenuChip[int] = MenuChip(_("Register"), everything=_("All registers"))
        self.listing: Listing[ActRow] = Listing(
            self,
            "acts",
            _("Acts"),
            act_columns(self.shell),
            self._source,
            key=lambda act: act.act_id,
            search=_("Name and year, or 123/2026"),
            filters={"state": self.state, "register_id": self.register},
            empty=Nothing(
                "book-open",
                _("No act yet"),
                _("Births that are declared appear here."),
                (_("New act"), self.open_new) if self.may(RECORD_ACTS) else None,
            ),
            panel=self.detail,
            titled=True,
        )
        self.list, self.search = self.listing.table, self.listing.search
        self.listing.chosen.connect(self._on_chosen)

    # --- asking -------------------------------------------------------------------------------------------------

    def _source(self, wanted: Wanted) -> QuerySource[ActRow]:
        return QuerySource(
            self.read,
            page=partial(self._question, wanted),
            rows_of=lambda answer: answer.rows,
            summarise=self._summarise,
        )

    def _question(self, wanted: Wanted, window: Window) -> Acts:
        return Acts(
            text=wanted.text,
            state=wanted.filters["state"],
            register_id=wanted.filters["register_id"],
            sort=window.sort,
            descending=window.descending,
            after=window.anchor.place if window.anchor is not None else None,
            offset=window.behind,
            limit=window.limit,
            totals=window.offset == 0,
        )

    def _summarise(self, answer: Answer) -> Summary:
        totals = [(_("Drafts"), format_number(answer.drafts))] if answer.drafts else []
        return Summary(answer.count, totals)

    def _ask_book(self) -> None:
        self.read(OpenBook(), then=self._take_book, key="book")

    def _take_book(self, book: Book) -> None:
        self._book = book
        self.register.set_choices(
            [(one.register_id, f"{one.year} · {pick(one.office_names)}") for one in book.registers]
        )

    def reload(self) -> None:
        """Asks again; the act in hand stays."""
        self._ask_book()
        self.listing.reload()
        if self.detail.act is not None:
            self._show_act(self.detail.act.row.act_id)

    # --- the act in hand ------------------------------------------------------------------------------------------

    def _on_chosen(self, act: ActRow | None) -> None:
        if act is None:
            self.detail.show_nothing()
        else:
            self._show_act(act.act_id)

    def _show_act(self, act_id: int) -> None:
        self.read(OneAct(act_id=act_id), then=self.detail.show_act, failed=lambda _gone: None, key="act")

    # --- drafting and signing ---------------------------------------------------------------------------------------

    def open_new(self) -> None:
        """The form of a new act; says so when no register is open."""
        if not self.may(RECORD_ACTS) or self._book is None:
            return
        if not self._book.registers:
            self.open_registers()
            return
        self._open_dialog(ActDialog(self, self.shell, self._book))

    def open_change(self) -> None:
        """The form of the draft in hand."""
        act = self.detail.act
        if act is not None and act.row.state == "draft" and self._book is not None and self.may(RECORD_ACTS):
            self._open_dialog(ActDialog(self, self.shell, self._book, act))

    def _open_dialog(self, dialog: ActDialog) -> None:
        self.dialog = dialog
        dialog.saved.connect(self._on_saved)
        dialog.open()

    def _on_saved(self, act: ActSaved) -> None:
        self.listing.select_key(act.act_id)
        self.shell.say(_("The draft is saved."))

    def ask_sign(self) -> ConfirmDialog | None:
        """Says what signing means, then signs."""
        act = self.detail.act
        if act is None or act.row.state != "draft":
            return None
        question = ConfirmDialog(
            self,
            _("Sign the act of {name}?").format(name=act.row.name),
            _("It takes the next number of the register of {year} and can never be changed again.").format(
                year=act.row.year
            ),
            figures=[
                (_("Born on"), self.shell.day(act.row.born_on)),
                (_("Father"), act.row.father or "—"),
                (_("Mother"), act.row.mother or "—"),
            ],
            yes=_("Sign the act"),
        )
        question.accepted.connect(partial(self._sign, act))
        question.open()
        return question

    def _sign(self, act: ActDetail) -> None:
        self.run(SignAct(act_id=act.row.act_id, version=act.row.version), then=self._on_signed)

    def _on_signed(self, act: ActSigned) -> None:
        self.listing.select_key(act.act_id)
        self.shell.say(_("Signed as act {reference}.").format(reference=act_reference(act.seq, act.year)))

    def ask_discard(self) -> ConfirmDialog | None:
        """Asks before a draft is thrown away."""
        act = self.detail.act
        if act is None or act.row.state != "draft":
            return None
        question = ConfirmDialog(
            self,
            _("Discard the draft of {name}?").format(name=act.row.name),
            _("The draft was never an act: it is gone for good, and leaves no gap."),
            yes=_("Discard the draft"),
            danger=True,
        )
        question.accepted.connect(
            lambda: self.run(
                DiscardDraft(act_id=act.row.act_id, version=act.row.version),
                then=lambda _gone: self.detail.show_nothing(),
            )
        )
        question.open()
        return question

    def open_request(self) -> None:
        """A request for an extract of the act in hand."""
        act = self.detail.act
        if act is not None and act.row.state == "signed" and self.may(HANDLE_REQUESTS):
            self.shell.go("civil_status", New({"act_id": act.row.act_id}))

    def open_registers(self) -> RegistersDialog:
        """The registers."""
        dialog = RegistersDialog(self, self.shell)
        dialog.open()
        return dialog

    # --- coming and going -----------------------------------------------------------------------------------------

    def open(self, target: Target) -> None:
        """A search, one act, or a new act."""
        if isinstance(target, Searched):
            self.listing.look_for(target.text)
        elif isinstance(target, New):
            self.open_new()
        elif isinstance(target, Filtered):
            filters = dict(target.filters)
            self.listing.look_for(key=filters.pop("act_id", None), **filters)

    def take_focus(self) -> None:
        """The keyboard starts in the search."""
        self.listing.take_focus()

    def actions_offered(self) -> Sequence[Action]:
        """What the palette lists."""
        return [*act_actions(self), *self.listing.offered()]

    def memory(self) -> dict[str, Any]:
        """What is listed, and how."""
        return self.listing.memory()

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes it up again."""
        self.listing.recall(memory)

    def scenes(self) -> list[Scene]:
        """An act being written, what is missing in it, the registers, a search without result."""

        def form() -> ActDialog | None:
            self.open_new()
            return self.dialog

        def incomplete() -> ActDialog | None:
            self.open_new()
            if self.dialog is not None:
                self.dialog.submit()
            return self.dialog

        def nothing() -> None:
            self.listing.look_for("zzz")

        scenes = [Scene("registers", self.open_registers), Scene("nothing", nothing)]
        if self.may(RECORD_ACTS):
            scenes = [Scene("form", form), Scene("incomplete", incomplete), *scenes]
        return scenes
