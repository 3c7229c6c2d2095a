"""Who a name, a number, a telephone or a plate may be: what the counter lists below its field."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.cards import Bar
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.labels import Role, Text
from muniadmin.desktop.widgets.layouts import column, show_if
from muniadmin.desktop.widgets.paint import key_text
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.fines.names import VIEW_FINES
from muniadmin.fines.reads import UnpaidPlate, UnregisteredPlates
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext, pick
from muniadmin.taxpayers.names import TAXPAYER_NUMBER, VIEW_TAXPAYERS
from muniadmin.taxpayers.reads import SearchTaxpayers, TaxpayerHit
from muniadmin.taxpayers.rules import phone_as_dialled

_LETTERS_TO_SEARCH = 2


@dataclass(frozen=True)
class Hit:
    """Somebody on the register, or a plate with fines to pay that no register knows; ``papers`` are their numbers by
    the ids of the bills."""

    name: str
    about: str
    number: str = ""
    phone: str = ""
    born_on: date | None = None
    identifier: str = ""
    taxpayer_id: int | None = None
    papers: Mapping[int, str] = field(default_factory=dict)


class HitsView(QWidget):
    """Everybody who was found; below them, that somebody is in hand already."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.list: RowTable[Hit] = RowTable(
            "counter-hits",
            _("Taxpayers found"),
            columns(shell),
            key=lambda hit: hit.taxpayer_id or hit.name,
            empty=EmptyState(
                "search", _("Nobody was found"), _("Try fewer letters, a phone number or a plate.")
            ),
        )
        self.list.frameless()
        self._in_hand = Text("", Role.MUTED, wrap=True)
        self._foot = Bar(self._in_hand, height=51)
        lines = column(spacing=0)
        lines.addWidget(self.list, 1)
        lines.addWidget(self._foot)
        self.setLayout(lines)

    def say_in_hand(self, debts: int | None) -> None:
        """How many debts are ticked of whoever is in hand; None for nobody."""
        show_if(self._foot, debts is not None)
        count = debts or 0
        add = ngettext(
            "Enter opens. {key} adds to the {count} debt in hand. Esc goes back to it.",
            "Enter opens. {key} adds to the {count} debts in hand. Esc goes back to them.",
            count,
        )
        self._in_hand.setText(add.format(key=key_text("Ctrl+Return"), count=count))


def is_searched_live(text: str) -> bool:
    """Whether a text is searched while it is typed. “A-” begins the number of a paper, which is looked up when it is
    whole; a taxpayer is found by the beginning of theirs."""
    is_a_paper = re.match(r"[A-Za-z]-", text) and text[0].upper() != TAXPAYER_NUMBER.letter
    return len(text) >= _LETTERS_TO_SEARCH and not is_a_paper


def columns(shell: Shell) -> list[Column[Hit]]:
    """What tells two people apart, in a width that an old office screen has."""
    return [
        Column(
            "name", _("Name"), lambda hit: hit.name, width=170, stretch=True, look="strong",
            below=lambda hit: hit.about,
        ),
        Column(
            "born", _("Born on"), lambda hit: shell.day(hit.born_on) if hit.born_on else "", width=92, look="muted",
            below=lambda hit: hit.identifier, exact=True,
        ),
        Column(
            "number", _("Number"), lambda hit: hit.number, width=108, look="muted", below=lambda hit: hit.phone,
            exact=True, leaves=1,
        ),
    ]  # fmt: skip


def ask(
    page: Page,
    text: str,
    most: int,
    answer: Callable[[Sequence[Hit]], object],
    failed: Callable[[UserError], object],
) -> None:
    """Asks for everybody and every plate that ``text`` may mean; plates no register knows stand first, because whoever
    types one brings its notice."""
    asked = [*(["plates"] if page.may(VIEW_FINES) else []), *(["people"] if page.may(VIEW_TAXPAYERS) else [])]
    found: dict[str, list[Hit]] = {}

    def answered(which: str, hits: Sequence[TaxpayerHit] | Sequence[UnpaidPlate]) -> None:
        found[which] = [_hit(page.shell, hit, text) for hit in hits]
        if len(found) == len(asked):
            answer([hit for one in asked for hit in found[one]][:most])

    if "plates" in asked:
        page.read(
            UnregisteredPlates(text=text), then=partial(answered, "plates"), failed=failed, key="plates"
        )
    if "people" in asked:
        people = SearchTaxpayers(text=text, limit=most)
        page.read(people, then=partial(answered, "people"), failed=failed, key="people")


def _hit(shell: Shell, hit: TaxpayerHit | UnpaidPlate, text: str) -> Hit:
    if isinstance(hit, UnpaidPlate):
        count = len(hit.bills)
        owed = ngettext("{count} fine, {amount} to pay", "{count} fines, {amount} to pay", count)
        amount = shell.amount(hit.due, code=True)
        # What is owed comes first: in a narrow window the rest is cut.
        about = [
            owed.format(count=format_number(count), amount=amount),
            _("Not on the register"),
            pick(hit.offence_names),
        ]
        return Hit(hit.plate, _joined(about), papers=hit.bills)
    return Hit(
        hit.name,
        # The plate or parcel they were found by, so that nobody wonders why they are listed.
        _joined([text.strip().upper() if hit.why == "object" else "", hit.address, hit.name_arabic]),
        hit.number,
        phone_as_dialled(hit.phone, shell.municipality.country),
        hit.born_on,
        hit.identifier,
        hit.taxpayer_id,
    )


def _joined(parts: Sequence[str]) -> str:
    # Each part keeps its own direction: a plate or an amount inside Arabic text does not turn.
    given = [part for part in parts if part]
    return given[0] if len(given) == 1 else " · ".join(f"\u2068{part}\u2069" for part in given)
