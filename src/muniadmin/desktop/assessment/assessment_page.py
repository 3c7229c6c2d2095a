"""The assessment office: revenue heads with their year, bills, rolls; a tariff or the roll assistant one step on."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from PySide6.QtWidgets import QStackedWidget

from muniadmin.access.names import USERS_TOPIC
from muniadmin.assessment.commands import TariffSaved
from muniadmin.assessment.reads import (
    HeadDetail,
    HeadsOfYear,
    HeadSummary,
    OneHead,
    RollRow,
    Rolls,
    TariffRow,
)
from muniadmin.billing.names import BILLS_TOPIC, HEADS_TOPIC, ISSUE_BILLS, PAYMENTS_TOPIC
from muniadmin.desktop.assessment.bills_view import BillsView
from muniadmin.desktop.assessment.heads_view import HeadsView
from muniadmin.desktop.assessment.new_tariff import NewTariffDialog
from muniadmin.desktop.assessment.print_bills import print_bills
from muniadmin.desktop.assessment.roll_assistant import RollAssistant
from muniadmin.desktop.assessment.tables import roll_columns
from muniadmin.desktop.assessment.tariff_view import TariffView
from muniadmin.desktop.lists.given import given_rows
from muniadmin.desktop.lists.listing import Listing, Nothing
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import Filtered, Page, Scanned, Scene, Target
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.chips import HEIGHT as CHIP
from muniadmin.desktop.widgets.chips import ChoiceChips
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.desktop.widgets.layouts import show_if
from muniadmin.desktop.widgets.menu_chip import MenuChip
from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import _, pick
from muniadmin.taxpayers.names import OBJECTS_TOPIC

_YEARS_BACK = 4


class AssessmentPage(Page):
    """Three lists behind three chips; a tariff or the roll assistant takes the place of the lists while it is open."""

    topics: ClassVar[frozenset[Topic]] = frozenset(
        {HEADS_TOPIC, BILLS_TOPIC, PAYMENTS_TOPIC, OBJECTS_TOPIC, USERS_TOPIC}
    )

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Assessment"))
        self.all_heads: list[HeadSummary] = []
        self.views: ChoiceChips[str] = ChoiceChips(
            _("Show"), [("heads", _("Revenue heads")), ("bills", _("Bills")), ("rolls", _("Rolls"))]
        )
        self.views.setFixedHeight(CHIP)
        self.views.chosen.connect(self.show_view)
        self.year: MenuChip[int] = MenuChip(_("Fiscal year"), self._years(), always=True)
        self.year.set_value(shell.municipality.calendar.year_of(shell.today()))
        self.year.chosen.connect(lambda _year: self.reload())
        self.issue = Button(_("Issue a roll…"), Kind.PRIMARY, key="Ctrl+N")
        self.issue.clicked.connect(self._open_roll)
        show_if(self.issue, self.may(ISSUE_BILLS))
        self.print = Button(_("Print the bills…"), icon="printer", key="Ctrl+Alt+P")
        self.print.clicked.connect(self.print_bills)
        self.print.hide()
        self.header.add_chip(self.views)
        self.header.add_chip(self.year)
        self.header.add_action(self.print)
        self.header.add_action(self.issue)
        self.heads = HeadsView(self)
        self._rolls: list[RollRow] = []
        self.assistant: RollAssistant | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(self.heads)
        self.body.addWidget(self.stack, 1)
        self.heads.current_changed.connect(self._head_chosen)
        self.heads.tariff_wanted.connect(self.open_tariff)
        self.heads.roll_wanted.connect(self.open_roll)
        self.heads.bills_wanted.connect(lambda code: self.show_bills(head=code))
        self.reload()

    # --- what is behind the heads: made when it is first wanted -----------------------------------------------

    @cached_property
    def bills(self) -> BillsView:
        """The list of bills."""
        bills = BillsView(self)
        bills.set_heads(self.all_heads)
        self.stack.addWidget(bills)
        return bills

    @cached_property
    def rolls(self) -> Listing[RollRow]:
        """The list of rolls."""
        rolls = self._rolls_list()
        self.stack.addWidget(rolls)
        return rolls

    @cached_property
    def tariff(self) -> TariffView:
        """The tariff of a head."""
        tariff = TariffView(self)
        tariff.back_wanted.connect(lambda: self.show_view("heads"))
        tariff.new_version_wanted.connect(self._new_version)
        self.stack.addWidget(tariff)
        return tariff

    # --- the page pattern -------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Asks for the heads of the year, and for what is in front."""
        self.read(HeadsOfYear(start_year=self.year.value()), then=self._show_heads, key="heads")
        front = self.stack.currentWidget()
        if isinstance(front, BillsView):
            front.reload()
        elif isinstance(front, Listing):
            self.read(Rolls(), then=self._show_rolls, key="rolls")
        elif isinstance(front, TariffView) and front.head is not None:
            self.read(OneHead(head_code=front.head.code), then=front.show_head, key="tariff")

    def open(self, target: Target) -> None:
        """A scanned bill, or the bills behind a figure; a roll that is being prepared is left only by a yes."""
        if self.assistant is None or not self.assistant.is_preparing:
            self._open_list(target)
            return
        wanted = target.number if isinstance(target, Scanned) else _("Bills")
        question = ConfirmDialog(
            self,
            _("Leave the roll that is being prepared?"),
            _("“{wanted}” takes its place then. Nothing of the roll has been written yet.").format(
                wanted=wanted
            ),
            yes=_("Leave"),
            no=_("Stay"),
        )
        question.accepted.connect(lambda: self._open_list(target))
        question.open()

    def _open_list(self, target: Target) -> None:
        if isinstance(target, Scanned):
            self.bills.listing.show_one(target.number)
            self.show_view("bills")
        elif isinstance(target, Filtered):
            self.show_bills(head=target.filters.get("head"), state=target.filters.get("state", ""))

    def take_focus(self) -> None:
        """Into the list in front."""
        front = self.stack.currentWidget()
        if isinstance(front, BillsView | HeadsView):
            front.listing.take_focus()
        elif isinstance(front, Listing):
            front.take_focus()

    def actions_offered(self) -> Sequence[Action]:
        """Issuing a roll, and the ways to the lists."""
        group = _("Assessment")
        return (
            *self._listing().offered(),
            Action(id="assessment.roll", title=_("Issue a roll…"), run=self.open_roll, key="Ctrl+N",
                   icon="calculator", group=group, permission=ISSUE_BILLS),
            Action(id="assessment.print", title=_("Print the bills…"), run=self.print_bills, key="Ctrl+Alt+P",
                   icon="printer", group=group),
            Action(id="assessment.heads", title=_("Revenue heads"), run=lambda: self.show_view("heads"),
                   icon="list", group=group),
            Action(id="assessment.bills", title=_("Bills"), run=lambda: self.show_view("bills"),
                   icon="file-text", group=group),
            Action(id="assessment.rolls", title=_("Rolls"), run=lambda: self.show_view("rolls"),
                   icon="layers", group=group),
        )  # fmt: skip

    def memory(self) -> dict[str, Any]:
        """Which list is in front, which year, and the filters."""
        memory = {"view": self.views.value(), "year": self.year.value()}
        return {**memory, "bills": self.bills.listing.memory()} if self._has_bills() else memory

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes them up again."""
        self.year.set_value(memory["year"])
        if "bills" in memory:
            self.bills.listing.recall(memory["bills"])
        self.show_view(memory["view"])

    def scenes(self) -> list[Scene]:
        """The other lists, a tariff, the roll assistant."""

        def tariff() -> None:
            self.show_view("heads")
            self.open_tariff(self.all_heads[0].code)

        def preview() -> None:
            if self.assistant is not None:
                self.assistant.steps.go_on()

        scenes = [
            Scene("bills", lambda: self.show_view("bills")),
            Scene("rolls", lambda: self.show_view("rolls")),
            Scene("tariff", tariff),
        ]
        if self.may(ISSUE_BILLS):
            scenes += [Scene("roll-1-choice", self.open_roll), Scene("roll-2-preview", preview)]
        return scenes

    # --- what is in front -------------------------------------------------------------------------------------

    def show_view(self, name: str) -> None:
        """Brings one of the three lists to the front."""
        self.views.set_value(name)
        self._show_list_tools(shown=True)
        self.stack.setCurrentWidget(
            self.bills if name == "bills" else self.rolls if name == "rolls" else self.heads
        )
        self.print.setVisible(name != "heads")
        self.year.setVisible(name == "heads")
        self.header.set_title(_("Assessment"))
        self._drop_assistant()
        self.reload()
        self.take_focus()

    def show_bills(self, *, head: str | None = None, state: str = "") -> None:
        """The bills of a head."""
        self.bills.listing.look_for(head_code=head, state=state)
        self.show_view("bills")

    def open_tariff(self, code: str) -> None:
        """A head's tariff takes the place of the lists."""
        self.read(OneHead(head_code=code), then=self._show_tariff, key="tariff")

    def open_roll(self, code: str = "", period: str = "") -> None:
        """The roll assistant takes the place of the lists."""
        if not self.may(ISSUE_BILLS):
            return
        if not code and self.views.value() == "heads":
            code = self.heads.detail.code
        assessed = {head.code for head in self.all_heads if head.object_kind is not None}
        self._drop_assistant()
        self.assistant = RollAssistant(self, self.all_heads, code if code in assessed else "", period)
        self.assistant.closed.connect(lambda: self.show_view("heads"))
        self.assistant.bills_wanted.connect(lambda head: self.show_bills(head=head))
        self.stack.addWidget(self.assistant)
        self.stack.setCurrentWidget(self.assistant)
        self._show_list_tools(shown=False)
        self.header.set_title(_("Issue a roll"))

    def print_bills(self) -> None:
        """The bills of the roll that is current, those that are selected, or all that are listed; as files."""
        front = self.stack.currentWidget()
        if isinstance(front, Listing) and (roll := self.rolls.table.current()) is not None:
            title = _("Printing of {head} {period}").format(head=pick(roll.head_names), period=roll.period)
            print_bills(self, title, head_code=roll.head_code, period=roll.period)
        elif isinstance(front, BillsView):
            front.print_listed()

    def _open_roll(self) -> None:
        self.open_roll()

    def _show_tariff(self, detail: HeadDetail) -> None:
        if not detail.tariffs:
            return
        self.tariff.show_head(detail)
        self.stack.setCurrentWidget(self.tariff)
        self._show_list_tools(shown=False)
        self.header.set_title(_("Tariff of “{head}”").format(head=pick(detail.names)))
        self.tariff.setFocus()

    def _show_list_tools(self, *, shown: bool) -> None:
        self.views.setVisible(shown)
        self.year.setVisible(shown)
        self.issue.setVisible(shown and self.may(ISSUE_BILLS))
        self.print.setVisible(shown and self.views.value() != "heads")

    def _has_bills(self) -> bool:
        # cached_property keeps what it made among the object's own values.
        return "bills" in vars(self)

    def _listing(self) -> Listing[Any]:
        name = self.views.value()
        return (
            self.bills.listing if name == "bills" else self.rolls if name == "rolls" else self.heads.listing
        )

    def _drop_assistant(self) -> None:
        if self.assistant is not None:
            self.stack.removeWidget(self.assistant)
            self.assistant.deleteLater()
            self.assistant = None

    # --- answers ----------------------------------------------------------------------------------------------

    def _show_heads(self, heads: list[HeadSummary]) -> None:
        self.all_heads = heads
        self.heads.show_heads(heads)
        if self._has_bills():
            self.bills.set_heads(heads)

    def _head_chosen(self, head: HeadSummary | None) -> None:
        self.heads.detail.show_head(head)
        if head is not None:
            self.read(OneHead(head_code=head.code), then=self.heads.detail.show_detail, key="head")

    def _show_rolls(self, rolls: list[RollRow]) -> None:
        self._rolls = rolls
        self.rolls.reload()

    def _rolls_list(self) -> Listing[RollRow]:
        columns = roll_columns(self.shell)
        return Listing(
            self,
            "rolls",
            _("Rolls"),
            columns,
            lambda wanted: given_rows(
                self._rolls,
                columns,
                wanted.text,
                sums=[(_("Total"), lambda roll: roll.amount)],
                write_sum=lambda amount: self.shell.amount(amount, code=True),
            ),
            key=lambda roll: roll.roll_id,
            search=_("Revenue head or period"),
            empty=Nothing(
                "layers",
                _("No roll has been issued yet"),
                _("A roll assesses every object of a head for a period and issues the bills."),
                (_("Issue a roll…"), self._open_roll) if self.may(ISSUE_BILLS) else None,
            ),
            sums=[(_("Total"), lambda roll: roll.amount)],
            opens=self._open_of,
        )

    def _open_of(self, roll: RollRow) -> None:
        """A finished roll shows its bills; one that was stopped is gone on with."""
        if roll.state == "unfinished" and self.may(ISSUE_BILLS):
            self.open_roll(roll.head_code, roll.period)
        else:
            self.show_bills(head=roll.head_code)

    def _new_version(self, head: HeadDetail, start: TariffRow) -> None:
        self.dialog = NewTariffDialog(self, head, start, then=self._tariff_saved)
        self.dialog.open()

    def _tariff_saved(self, outcome: TariffSaved) -> None:
        self.shell.say(
            _("The new tariff is in force from {day}.").format(day=self.shell.day(outcome.valid_from))
        )

    def _years(self) -> list[tuple[int, str]]:
        calendar = self.shell.municipality.calendar
        this_year = calendar.year_of(self.shell.today())
        return [
            (year, calendar.year(year).name) for year in range(this_year + 1, this_year - _YEARS_BACK, -1)
        ]
