"""The payer at the counter: who it is, what they owe, what of it is ticked."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from muniadmin.billing.reads import Balance, OpenCharge
from muniadmin.desktop.collection import debts
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.cards import WordsAndKeys
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.labels import ElidedText, Hairline, Initials, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.paint import key_text
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.kernel.i18n import _, ngettext, pick
from muniadmin.kernel.money import Money, total
from muniadmin.taxpayers.reads import Taxpayer360


class PayerView(QWidget):
    """``ticked_changed()`` when other debts are ticked, or others are listed."""

    ticked_changed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        #: Whose name stands above the list: rows of other accounts say whose they are.
        self._account_id: int | None = None
        self._filling = False
        self.head = PayerHead(shell)
        self.list: RowTable[OpenCharge] = RowTable(
            "counter-debts",
            _("Debts"),
            debts.columns(shell, self._is_of_another),
            key=lambda debt: debt.charge_id,
            empty=EmptyState("circle-check", _("Nothing is owed"), _("Every bill of this payer is settled.")),
            ticks=True,
            footer=False,
        )
        self.list.model.set_lock(debts.is_covered)
        self.list.ticked_changed.connect(self._on_ticked)
        self.list.counted.connect(lambda _summary: self._on_ticked())
        self.list.frameless()
        self._footnote = Text("", Role.MUTED, wrap=True)
        keys = Text(_("Space ticks, {all} all, ↑↓ moves").format(all=key_text("Ctrl+A")), Role.MUTED)
        lines = column(self.head, Hairline(), spacing=0)
        lines.addWidget(self.list, 1)
        lines.addWidget(WordsAndKeys(self._footnote, keys, height=51))
        self.setLayout(lines)

    @property
    def rows(self) -> int:
        """How many debts are listed."""
        return self.list.model.rowCount()

    @property
    def ticked(self) -> list[OpenCharge]:
        """The ticked debts."""
        return self.list.ticked()

    def _is_of_another(self, debt: OpenCharge) -> bool:
        return debt.account_id != self._account_id

    def show_debts(
        self,
        found: Sequence[OpenCharge],
        ticked: Sequence[OpenCharge],
        brought: Sequence[str],
        account_id: int | None,
        *,
        keep: bool,
    ) -> None:
        """Lists debts of an account, and of others, and ticks some of them. The mark is on what was ``brought`` last,
        or on the first ticked one; with ``keep`` it stays where it is while nothing was brought."""
        self._filling = True
        self._account_id = account_id
        keep = keep and not brought
        self.list.set_source(ListSource(found), keep=keep)
        self.list.model.set_ticked(ticked)
        self._filling = False
        self._on_ticked()
        if found and not keep:
            latest = [debt for debt in ticked if debt.number in brought[-1:]]
            self.list.select(found.index((latest or ticked or found)[0]))

    def clear(self) -> None:
        """Nobody is in hand."""
        self.list.set_source(ListSource([]))

    def step(self, step: int) -> None:
        """Moves the mark."""
        if self.rows:
            self.list.select(max(0, min(self.rows - 1, self.list.view.currentIndex().row() + step)))

    def tick(self) -> None:
        """Ticks the marked debt, or takes its tick away."""
        self.list.model.toggle(self.list.view.currentIndex().row())

    def _on_ticked(self) -> None:
        if self._filling:
            return
        chosen = self.list.ticked()
        count = len(chosen)
        parts = [ngettext("{count} debt ticked", "{count} debts ticked", count).format(count=count)]
        debtors = len({debt.account_id for debt in chosen})
        if debtors > 1:
            parts.append(ngettext("of {count} debtor", "of {count} debtors", debtors).format(count=debtors))
        penalties = total(debts.penalty_of(debt) for debt in chosen)
        day = self._shell.day(self._shell.today())
        if penalties:
            words = _("{amount} of penalties included as of {day}")
            parts.append(words.format(amount=self._shell.amount(penalties), day=day))
        elif count:
            parts.append(_("no penalty as of {day}").format(day=day))
        self._footnote.setText(" · ".join(parts))
        self.ticked_changed.emit()


class PayerHead(QWidget):
    """Who is at the counter, what settles all they owe today, and the money held for them."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._mark = Initials("", 40)
        self._name = ElidedText("", Role.SECTION)
        self._about = ElidedText("", Role.MUTED)
        self._credit = _Figure(_("Credit held"), Tone.GOOD)
        self._owed = _Figure(_("To pay in all"))
        line = row(self._mark, spacing=12, margins=(16, 13, 16, 13))
        line.addLayout(column(self._name, self._about, spacing=0), 1)
        line.addLayout(row(self._credit, self._owed, spacing=24))
        self.setLayout(line)
        self.setFixedHeight(68)

    def show_taxpayer(self, taxpayer: Taxpayer360) -> None:
        """A taxpayer on the register."""
        self._mark.set_name(taxpayer.name)
        names = [taxpayer.name, taxpayer.name_arabic]
        self._name.setText(" · ".join(name for name in names if name))
        about = [taxpayer.number, taxpayer.address, pick(taxpayer.zone_names), taxpayer.phone_shown]
        # Identifiers keep their order inside Arabic text.
        self._about.setText(" · ".join(f"\u2068{part}\u2069" for part in about if part))

    def show_debtor(self, debt: OpenCharge) -> None:
        """Somebody who is not on the register: the plate of a car, the name on a request."""
        name = debt.name or debt.subject or debt.number
        # A plate has no initials.
        self._mark.set_name(name, "car" if debt.kind == "fine" else "")
        self._name.setText(name)
        self._about.setText(_("Not on the register"))
        self.show_credit(None)
        self.show_owed(None)

    def show_credit(self, balance: Balance | None) -> None:
        """What is held for them; None hides it."""
        self._credit.say(self._shell.amount(balance.credit) if balance and balance.credit else "")

    def show_owed(self, owed: Money | None) -> None:
        """What would settle today all that is listed of theirs, as their rows add up; None hides it."""
        self._owed.say("" if owed is None else self._shell.amount(owed, code=True))


class _Figure(QWidget):
    """A figure below its label."""

    def __init__(self, label: str, tone: Tone = Tone.NEUTRAL) -> None:
        super().__init__()
        self._figure = Text("", Role.FIGURE)
        self._figure.set_tone(tone)
        lines = column(spacing=0)
        for text in (Text(label, Role.MUTED), self._figure):
            lines.addLayout(row(None, text))
        self.setLayout(lines)

    def say(self, figure: str) -> None:
        self._figure.setText(figure)
        self.setVisible(bool(figure))
