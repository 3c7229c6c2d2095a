"""Acts: the list with its search, the act in hand, drafting and signing."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer

from muniadmin.access.names import USERS_TOPIC
from muniadmin.civil_status.commands import ActSaved, ActSigned, DiscardDraft, SignAct
from muniadmin.civil_status.names import ACTS_TOPIC, HANDLE_REQUESTS, RECORD_ACTS, REQUESTS_TOPIC, SIGN_ACTS
from muniadmin.civil_status.reads import ActDetail, ActRow, Acts, Book, OneAct, OpenBook
from muniadmin.civil_status.reads import ActsPage as Answer
from muniadmin.civil_status.rules import act_reference
from muniadmin.desktop.civil_status.act_dialog import ActDialog
from muniadmin.desktop.civil_status.act_panel import ActPanel
from muniadmin.desktop.civil_status.registers_dialog import RegistersDialog
from muniadmin.desktop.civil_status.tables import act_columns, act_state_word
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import Filtered, New, Page, Scene, Searched, Target, split
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.chips import Chip
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.fields import SearchField
from muniadmin.desktop.widgets.layouts import row, show_if
from muniadmin.desktop.widgets.menu_chip import MenuChip
from muniadmin.desktop.widgets.row_source import QuerySource, Summary, Window
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, pick

_TYPING_PAUSE_MS = 180


class ActsPage(Page):
    """The acts on the left, the one in hand on the right."""

    topics = frozenset({ACTS_TOPIC, REQUESTS_TOPIC, USERS_TOPIC})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Acts"))
        self.dialog: ActDialog | None = None
        self._book: Book | None = None
        self._wanted: int | None = None
        registers = Button(_("Registers"))
        registers.clicked.connect(self.open_registers)
        self.header.add_action(registers)
        self.new = Button(_("New act"), Kind.PRIMARY, key="Ctrl+N")
        self.new.clicked.connect(self.open_new)
        self.header.add_action(self.new)
        show_if(self.new, self.may(RECORD_ACTS))

        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_PAUSE_MS)
        self._typing.timeout.connect(self.ask)
        self.search = SearchField(_("Search"), placeholder=_("Name and year, or 123/2026"), key="Ctrl+F")
        self.search.setFixedWidth(280)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.moved_down.connect(self._into_list)
        self.state: MenuChip[str] = MenuChip(
            _("State"),
            [(state, act_state_word(state)) for state in ("draft", "signed")],
            everything=_("All states"),
        )
        self.register: MenuChip[int] = MenuChip(_("Register"), everything=_("All registers"))
        for chip in (self.state, self.register):
            chip.chosen.connect(lambda _value: self.ask())
        self.columns = Chip(_("Columns"), arrow=True)
        self.columns.clicked.connect(self._choose_columns)
        self.body.addLayout(row(self.search, self.state, self.register, None, self.columns, spacing=8))

        self._first = Button(_("New act"), Kind.PRIMARY)
        self._first.clicked.connect(self.open_new)
        self.list: RowTable[ActRow] = RowTable(
            "acts",
            _("Acts"),
            act_columns(shell),
            key=lambda act: act.act_id,
            empty=EmptyState("book-open", "", "", self._first),
        )
        self.list.chosen.connect(self._on_chosen)
        self.list.opened.connect(lambda _act: self._open_act())
        self.list.left_upwards.connect(self.search.take_focus)
        self.list.counted.connect(self._on_counted)
        self.detail = ActPanel(shell)
        self.detail.sign.connect(self.ask_sign)
        self.detail.change.connect(self.open_change)
        self.detail.discard.connect(self.ask_discard)
        self.detail.request.connect(self.open_request)
        self.body.addLayout(split(self.list, self.detail), 1)
        self._ask_book()
        self.ask()

    # --- asking -------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Lists what the filters say, from the top."""
        self._typing.stop()
        self.list.set_source(
            QuerySource(
                self.read, page=self._query, rows_of=lambda answer: answer.rows, summarise=self._summarise
            )
        )

    def _query(self, window: Window) -> Acts:
        return Acts(
            text=self.search.text(),
            state=self.state.value(),
            register_id=self.register.value(),
            sort=window.sort,
            descending=window.descending,
            offset=window.offset,
            limit=window.limit,
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
        self.list.reload()
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

    def _on_counted(self, summary: Summary) -> None:
        self.header.set_count(format_number(summary.count) if summary.count else "")
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.list.select_key(wanted)
        elif summary.count and self.list.current() is None:
            self.list.select(0)
        if not summary.count:
            self._say_empty()

    def _say_empty(self) -> None:
        filtered = bool(self.search.text().strip()) or any(
            chip.value() is not None for chip in (self.state, self.register)
        )
        self._first.setVisible(self.may(RECORD_ACTS) and not filtered)
        if filtered:
            self.list.empty.say(
                "search", _("No act fits"), _("Type less of the name, or take a filter away.")
            )
        else:
            self.list.empty.say("book-open", _("No act yet"), _("Births that are declared appear here."))

    def _into_list(self) -> None:
        self.list.take_focus()
        if self.list.current() is None:
            self.list.select(0)

    def _choose_columns(self) -> None:
        self.list.choose_columns()

    def _open_act(self) -> None:
        """Enter goes on with the act: a draft is changed, a signed act is asked for."""
        act = self.detail.act
        if act is not None and act.row.state == "draft":
            self.open_change()
        else:
            self.open_request()

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
        self.list.select_key(act.act_id)
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
        self.list.select_key(act.act_id)
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
            self._search_for(target.text)
        elif isinstance(target, New):
            self.open_new()
        elif isinstance(target, Filtered):
            self._wanted = target.filters.get("act_id")
            self.state.set_value(target.filters.get("state"))
            self.register.set_value(target.filters.get("register_id"))
            self._search_for("")

    def _search_for(self, text: str) -> None:
        self.search.setText(text)
        self.ask()

    def take_focus(self) -> None:
        """The keyboard starts in the search."""
        self.search.take_focus()

    def actions_offered(self) -> Sequence[Action]:
        """What the palette lists."""
        group = _("Acts")
        actions = [
            Action(
                id="acts new", title=_("New act"), run=self.open_new, key="Ctrl+N", icon="plus", group=group,
                permission=RECORD_ACTS,
            ),
            Action(id="acts registers", title=_("Registers"), run=self.open_registers, icon="book-open", group=group),
        ]  # fmt: skip
        act = self.detail.act
        if act is not None and act.row.state == "draft":
            actions += [
                Action(
                    id="acts sign", title=_("Sign the act"), run=self.ask_sign, icon="badge-check",
                    group=act.row.name, permission=SIGN_ACTS,
                ),
                Action(
                    id="acts discard", title=_("Discard the draft"), run=self.ask_discard, icon="trash-2",
                    group=act.row.name, permission=RECORD_ACTS,
                ),
            ]  # fmt: skip
        elif act is not None:
            actions.append(
                Action(
                    id="acts request",
                    title=_("New request"),
                    run=self.open_request,
                    icon="stamp",
                    group=act.row.reference,
                    permission=HANDLE_REQUESTS,
                )
            )
        return actions

    def memory(self) -> dict[str, Any]:
        """The filters."""
        return {"text": self.search.text(), "state": self.state.value(), "register": self.register.value()}

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes the filters up again."""
        self.state.set_value(memory["state"])
        self.register.set_value(memory["register"])
        self._search_for(memory["text"])

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
            self.search.setText("zzz")
            self.ask()

        scenes = [Scene("registers", self.open_registers), Scene("nothing", nothing)]
        if self.may(RECORD_ACTS):
            scenes = [Scene("form", form), Scene("incomplete", incomplete), *scenes]
        return scenes
