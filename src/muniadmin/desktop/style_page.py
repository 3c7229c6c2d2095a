"""Every building block in every state, inside the program: the page to copy from (developer menu, Ctrl+Shift+F12)."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QDialog, QMenu, QStackedWidget, QWidget

from muniadmin.desktop.shell.navigation import Page, Scene, split
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.assistant import Step, StepAssistant
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button, IconButton, Kind, LinkButton
from muniadmin.desktop.widgets.cards import Bar, Card, Scroller, Section
from muniadmin.desktop.widgets.charts import BarChart, LineChart, Mark, ShareBars, Value
from muniadmin.desktop.widgets.chips import Chip, ChoiceChips
from muniadmin.desktop.widgets.date_edit import DateEdit
from muniadmin.desktop.widgets.detail import DefinitionRows, Happening, KeyFigures, Timeline
from muniadmin.desktop.widgets.dialogs import ApprovalDialog, ConfirmDialog
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.fields import (
    CheckBox,
    ComboBox,
    PasswordField,
    SearchField,
    TextArea,
    TextField,
)
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.labels import Hairline, Initials, Pill, Role, Text
from muniadmin.desktop.widgets.layouts import FlowBox, column, row
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.desktop.widgets.progress import ProgressPanel
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.desktop.widgets.tiles import StatTile
from muniadmin.kernel.errors import StaleRecord
from muniadmin.kernel.i18n import _
from muniadmin.kernel.money import Money, total


@dataclass(frozen=True)
class Example:
    """A row of the example list."""

    number: str
    name: str
    zone: str
    objects: int
    state: str
    tone: Tone
    balance: Money


_EXAMPLES = [
    ("C-0018342-7", "Amina Bennani", "Médina", 3, Tone.BAD, 209525),
    ("C-0018343-5", "Société Riad Zitoun SARL", "Médina", 7, Tone.BAD, 1840000),
    ("C-0018344-3", "Youssef El Fassi", "Agdal", 1, Tone.GOOD, 0),
    ("C-0018345-1", "Hôtel Les Mérinides", "Borj Nord", 4, Tone.WARNING, 4231050),
    ("C-0018346-9", "أمينة بناني", "Saïss", 2, Tone.NEUTRAL, 41250),
    ("C-0018347-7", "Boulangerie Al Andalous", "Zouagha", 2, Tone.NEUTRAL, 124000),
    ("C-0018348-4", "Mohamed Alaoui", "Narjiss", 1, Tone.GOOD, 0),
    ("C-0018349-2", "Transport Atlas SA", "Sidi Brahim", 12, Tone.BAD, 765000),
    ("C-0018350-0", "Fatima Zahra Idrissi", "Agdal", 1, Tone.NEUTRAL, 28875),
    ("C-0018351-8", "Café de la Renaissance", "Ville nouvelle", 2, Tone.WARNING, 310500),
    ("C-0018352-6", "Rachid Benjelloun", "Médina", 3, Tone.GOOD, 0),
]


def examples() -> list[Example]:
    """The rows of the example list."""
    words = {
        Tone.BAD: _("overdue"),
        Tone.GOOD: _("settled"),
        Tone.WARNING: _("payment plan"),
        Tone.NEUTRAL: _("not yet due"),
    }
    return [Example(n, name, zone, count, words[t], t, Money(m)) for n, name, zone, count, t, m in _EXAMPLES]


class StylePage(Page):
    """The building blocks by kind; the chips choose which."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Style page"))
        parts: list[tuple[str, QWidget]] = [
            (_("Controls"), self._controls()),
            (_("Form"), self._form()),
            (_("List and detail"), self._list()),
            (_("Notices and progress"), self._notices()),
            (_("Charts"), self._charts()),
            (_("Assistant"), self._assistant()),
        ]
        self.stack = QStackedWidget()
        for _name, part in parts:
            self.stack.addWidget(Scroller(part))
        self.parts = ChoiceChips(_("Building blocks"), [(n, name) for n, (name, _part) in enumerate(parts)])
        self.parts.chosen.connect(self.stack.setCurrentIndex)
        confirm = Button(_("Confirmation"))
        confirm.clicked.connect(lambda: self.confirmation().open())
        approve = Button(_("Approval"))
        approve.clicked.connect(lambda: self.approval().open())
        toast = Button(_("Toast"))
        toast.clicked.connect(
            lambda: shell.say(_("Receipt {number} was printed.").format(number="3-2026-000123-K"))
        )
        for button in (toast, confirm, approve):
            self.header.add_action(button)
        self.body.addWidget(self.parts)
        self.body.addWidget(self.stack, 1)

    def show_part(self, number: int) -> None:
        """Brings a kind of building block to the front."""
        self.parts.set_value(number)
        self.stack.setCurrentIndex(number)

    def memory(self) -> dict[str, Any]:
        """Which part is in front."""
        return {"part": self.stack.currentIndex()}

    def recall(self, memory: dict[str, Any]) -> None:
        """Brings it to the front again."""
        self.show_part(memory["part"])

    def scenes(self) -> list[Scene]:
        """Every part, and the dialogs."""

        def show(part: int) -> None:
            self.show_part(part)

        def opened(dialog: QDialog) -> QWidget:
            dialog.open()
            return dialog

        parts = [Scene(f"{n + 1}", partial(show, n)) for n in range(self.stack.count())]
        return [
            *parts,
            Scene("confirmation", lambda: opened(self.confirmation())),
            Scene("approval", lambda: opened(self.approval())),
        ]

    # --- dialogs ----------------------------------------------------------------------------------------------

    def confirmation(self) -> ConfirmDialog:
        """A dangerous question with figures."""
        return ConfirmDialog(
            self,
            _("Cancel receipt {number} of {amount}?").format(number="3-2026-000123-K", amount="450,00 MAD"),
            _("The receipt stays visible as cancelled, and the debts it paid are owed again."),
            figures=[(_("Receipts of today"), "41"), (_("In the till afterwards"), "12 000,00 MAD")],
            yes=_("Cancel the receipt"),
            no=_("Keep it"),
            danger=True,
        )

    def approval(self) -> ApprovalDialog:
        """The signature of a second person."""
        return ApprovalDialog(
            self,
            _("Cancel receipt {number} of {amount}?").format(number="3-2026-000123-K", amount="450,00 MAD"),
            _("The receipt stays visible as cancelled, and the debts it paid are owed again."),
            reason=_("Reason"),
            yes=_("Cancel the receipt"),
            sign=lambda _user, _password: None,
        )

    # --- parts ------------------------------------------------------------------------------------------------

    def _controls(self) -> QWidget:
        off = Button(_("Not now"), Kind.PRIMARY)
        off.setEnabled(False)
        menu = Button(_("More"))
        choices = QMenu(menu)
        for text in (_("Statement"), _("Print"), _("Archive")):
            choices.addAction(text)
        menu.setMenu(choices)
        counted = Button(_("Duplicates"), count="37")
        buttons = FlowBox(
            Button(_("New"), Kind.PRIMARY, key="Ctrl+N", bind=False),
            Button(_("Secondary")),
            counted,
            menu,
            Button(_("Print"), icon="printer"),
            Button(_("Quiet"), Kind.QUIET),
            Button(_("Cancel the receipt"), Kind.DANGER),
            off,
            IconButton("pencil", _("Edit")),
            LinkButton(_("See the 41 208 payments")),
            spacing=12,
        )
        big = Button(_("Take payment and print"), Kind.PRIMARY, key="Return", large=True, bind=False)
        chips = FlowBox(
            Chip(_("Overdue"), on=True, removable=True),
            Chip(_("Zone: Médina, Agdal"), on=True, removable=True),
            Chip(_("Person"), checkable=True),
            Chip(_("Fiscal year 2026"), arrow=True),
            Chip(_("Filter"), icon="plus"),
            spacing=8,
        )
        ways = ChoiceChips(
            _("Means of payment"),
            [("cash", _("Cash")), ("cheque", _("Cheque")), ("card", _("Card")), ("mobile", _("Mobile"))],
        )
        pills = FlowBox(
            Pill(_("not yet due")),
            Pill(_("settled"), Tone.GOOD),
            Pill(_("payment plan"), Tone.WARNING),
            Pill(_("181 days"), Tone.BAD),
            Pill(_("3 debts"), Tone.INFO),
            Pill(_("new"), Tone.ACCENT),
            spacing=8,
        )
        off_tick = CheckBox(_("Cannot be ticked"))
        off_tick.setEnabled(False)
        ticks = FlowBox(
            CheckBox(_("Print the receipt"), ticked=True), CheckBox(_("Not ticked")), off_tick, spacing=16
        )
        texts = column(
            Text(_("Page title, 20 px semibold"), Role.TITLE),
            Text(_("Section, 15 px semibold"), Role.SECTION),
            Text(_("Heading in a card, 14 px semibold"), Role.HEADING),
            Text(_("Text, 13 px, and figures that line up: 1 111,11 and 8 888,88")),
            Text(_("Secondary text, 12 px"), Role.SECONDARY),
            Text(_("Small text, 11 px"), Role.SMALL),
            row(Text("851,25", Role.AMOUNT), Text("MAD", Role.UNIT), None),
            spacing=4,
        )
        scan = SearchField(
            _("Scan"),
            placeholder=" ",
            hint=_("Scan a bill, a fine, a request, or type a name"),
            scale="scan",
        )
        scan.setText("A-2026-0041187-K")
        search = SearchField(
            _("Search"),
            placeholder=_("Number, plate or place"),
            sunken=True,
        )
        people = row(
            Initials("Amina Bennani"),
            Initials("Commune de Fès", 28, square=True, loud=True),
            None,
            spacing=12,
        )
        left = Card(
            Section(_("Buttons"), buttons, row(big, None)),
            Hairline(),
            Section(_("Chips"), chips, ways),
            Hairline(),
            Section(_("States"), pills, ticks),
            None,
        )
        right = Card(Section(_("Text"), texts, people), Hairline(), Section(_("Search"), scan, search), None)
        page = QWidget()
        page.setLayout(row(left, right, spacing=12))
        return page

    def _form(self) -> QWidget:
        form = Form()
        currency = self.shell.municipality.currency
        form.add("name", Field(_("Name"), TextField(_("Name")), required=True))
        kind = ComboBox(_("Kind"), [("p", _("Person")), ("o", _("Body"))])
        form.add("kind", Field(_("Kind"), kind), beside=True)
        born = DateEdit(_("Born on"))
        born.setText("31/02/2026")
        form.add("born", Field(_("Born on"), born, hint=_("Day, month and year"))).check()
        amount = MoneyEdit(_("Amount"), currency)
        amount.setText("12 dh 50")
        form.add("amount", Field(self.shell.with_currency(_("Amount")), amount), beside=True).check()
        form.add("password", Field(_("Password"), PasswordField(_("Password"))))
        off = TextField(_("Number"))
        off.setText("C-0018342-7")
        off.setReadOnly(True)
        form.add("number", Field(_("Number"), off, hint=_("Given by the program")), beside=True)
        form.add("note", Field(_("Note"), TextArea(_("Note"))))
        form.add_widget(CheckBox(_("May be told by SMS"), ticked=True))
        self.form = form
        foot = Bar(
            None,
            Button(_("Cancel"), key="Esc", bind=False),
            Button(_("Save"), Kind.PRIMARY, key="Ctrl+S", bind=False),
            height=58,
        )
        body = QWidget()
        body.setLayout(
            column(Text(_("New taxpayer"), Role.SECTION), form, None, spacing=16, margins=(20, 18, 20, 18))
        )
        card = Card(spacing=0)
        card.body.addWidget(Scroller(body), 1)
        card.body.addWidget(foot)
        page = QWidget()
        page.setLayout(row(card, None))
        card.setFixedWidth(620)
        return page

    def _list(self) -> QWidget:
        rows = examples()
        currency = self.shell.with_currency(_("Balance"))
        columns: list[Column[Example]] = [
            Column("number", _("Number"), lambda r: r.number, width=126, look="muted", sort="number"),
            Column("name", _("Name"), lambda r: r.name, width=200, stretch=True, look="strong", sort="name"),
            Column("zone", _("Zone"), lambda r: r.zone, width=118),
            Column("objects", _("Objects"), lambda r: str(r.objects), width=72, number=True),
            Column("state", _("State"), lambda r: r.state, width=136, pill=lambda r: r.tone),
            Column(
                "balance",
                currency,
                lambda r: self.shell.amount(r.balance),
                width=124,
                number=True,
                sort="balance",
            ),
        ]
        self.list = RowTable(
            "style", _("Examples"), columns, key=lambda r: r.number, ticks=True, sort="name",
        )  # fmt: skip
        self.list.set_source(
            ListSource(
                rows,
                keys={"name": lambda r: r.name, "number": lambda r: r.number, "balance": lambda r: r.balance},
                totals=[(_("Total"), self.shell.amount(total(r.balance for r in rows), code=True))],
            )
        )
        self.list.select(1)
        head = QWidget()
        head.setLayout(
            column(
                row(Text("Amina Bennani", Role.SECTION), None, Pill(_("overdue"), Tone.BAD)),
                Text("أمينة بناني"),
                Text("C-0018342-7 · CIN A123456 · 14/03/1971", Role.MUTED),
                8,
                row(
                    Button(_("Take payment"), small=True),
                    Button(_("Statement"), small=True),
                    Button(_("Edit"), small=True),
                    None,
                ),
                spacing=1,
                margins=(16, 16, 16, 16),
            )
        )
        detail = Card(
            head,
            Hairline(),
            KeyFigures(
                [(_("Balance"), "2 095,25"), (_("Overdue"), "701,25", Tone.BAD), (_("Next due"), "30/11")]
            ),
            Hairline(),
            Section(
                _("Objects"),
                DefinitionRows([("Habitation · 12, derb Sidi Ahmed", "9 000"), ("12345-A-15", "1")]),
            ),
            Section(
                _("History"),
                Timeline(
                    [
                        Happening("12/11", _("Reminder by SMS, delivered")),
                        Happening("03/06", _("Payment of 150,00, receipt 3-2026-000871-Q")),
                        Happening("01/04", _("Bill A-2026-0041187-K issued")),
                    ]
                ),
            ),
            None,
        )
        page = QWidget()
        page.setLayout(split(self.list, detail))
        return page

    def _notices(self) -> QWidget:
        good, info, warning, bad = Banner(), Banner(), Banner(), Banner()
        good.say(
            Tone.GOOD,
            _("99 700 rows were imported."),
            _("300 rows were refused."),
            action=(_("Open the rejects"), lambda: None),
        )
        info.say(Tone.INFO, _("This page keeps its language until what you typed is saved."))
        warning.say(
            Tone.WARNING,
            _("The till has not been counted since yesterday."),
            _("Close the session of yesterday first."),
        )
        bad.show_error(
            StaleRecord(who="Karim"),
            details="incident 20261122-1204-7F3A",
            action=(_("Reload"), lambda: None),
        )
        progress = ProgressPanel(_("Printing of the bills"))
        progress.advance(12_408, 25_850)
        empty = EmptyState(
            "users",
            _("No taxpayer yet"),
            _("Taxpayers you register or import appear here."),
            Button(_("New taxpayer"), Kind.PRIMARY),
        )
        left = Card(
            Section(_("Notices"), good, info, warning, bad),
            Hairline(),
            Section(_("Progress"), progress),
            None,
        )
        right = Card()
        right.body.addWidget(empty, 1)
        page = QWidget()
        page.setLayout(split(left, right, aside_width=400))
        return page

    def _charts(self) -> QWidget:
        tiles = row(spacing=12)
        for name, value, change, tone, run in (
            (
                _("Collected"),
                "184,2 M MAD",
                "+12,4 %",
                Tone.GOOD,
                [3, 3.4, 3.4, 3.9, 4.4, 4, 5, 5, 5.4, 5.9, 6.4, 6.4],
            ),
            (
                _("Collection rate"),
                "78,6 %",
                "+3,1",
                Tone.GOOD,
                [5, 5.1, 5.3, 5.2, 5.6, 5.7, 5.8, 5.9, 6, 6.2],
            ),
            (_("Arrears"), "50,1 M MAD", "-4,8 %", Tone.GOOD, [6, 6, 5.6, 5.6, 6, 5.7, 5.4, 5.4, 5.4, 5]),
            (_("Median wait"), "11 min", "+2 min", Tone.BAD, [3, 2.6, 3, 3, 3.4, 3, 3.4, 3.4, 4, 4.4, 4, 4]),
        ):
            tile = StatTile(name)
            tile.show_figure(
                value, change=change, tone=tone, run=run, target=_("target {figure}").format(figure="180 M")
            )
            tiles.addWidget(tile)
        bars = BarChart(_("Collected by month"))
        months = "J F M A M J J A S O N".split()
        now, before = (9, 11, 14, 19, 26, 15, 12, 10, 13, 18, 14), (8, 10, 12, 16, 24, 13, 11, 10, 11, 15, 13)
        bars.set_values(
            [Value(m, a, f"{a} M MAD", b, f"{b} M MAD") for m, a, b in zip(months, now, before, strict=True)]
        )
        bars.set_marks([Mark(4, _("mobile money begins"))])
        shares = ShareBars(_("Share of each channel"))
        channels = (
            (_("Cash"), 46),
            (_("Transfer"), 22),
            (_("Mobile"), 13),
            (_("Card"), 11),
            (_("Cheque"), 8),
        )
        shares.set_values([Value(name, n, f"{n} %") for name, n in channels])
        lines = LineChart(_("Arrears"))
        lines.set_values(
            [Value(m, a + 3, f"{a} M", b + 1, f"{b} M") for m, a, b in zip(months, now, before, strict=True)]
        )
        main = Card(
            Section(_("Collected by month (M MAD)"), bars, aside=Text("■ 2026   □ 2025", Role.MUTED)),
            Hairline(),
            Section(_("A line with its comparison"), lines),
        )
        side = Card(Section(_("Share of each channel"), shares), None)
        page = QWidget()
        layout = column(tiles, spacing=12)
        layout.addLayout(split(main, side, aside_width=336), 1)
        page.setLayout(layout)
        return page

    def _assistant(self) -> QWidget:
        steps = [
            Step(
                _("Database"), _("Where are the data kept?"), _("You can move to an office database later.")
            ),
            Step(_("Municipality"), _("Which municipality is it?")),
            Step(_("Administrator"), _("Who manages the users?")),
        ]
        assistant = StepAssistant(steps, finish=_("Set up"))
        assistant.show_step(1)
        card = Card()
        card.body.addWidget(assistant, 1)
        holder = QWidget()
        holder.setLayout(row(card))
        return holder
