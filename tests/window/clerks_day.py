"""A clerk's day in a real window: stories told by key presses alone, and after each act what the books must tell of it.

An act is what one does at a desk before one looks up: a scan, a name found, a payment, a question answered, the lock.
The append-only tables then hold what was meant and nothing else. People, bills and fines are made for each story by
somebody else in the town, so that none stands in another's way; between two steps of a story something may come that
must leave all as it was.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import product
from zoneinfo import ZoneInfo

from muniadmin.app import App
from muniadmin.collection.rules import Channel
from muniadmin.fines.errors import SameFineNearby
from muniadmin.fines.reads import FinesOfPlate
from muniadmin.kernel.formats import format_date
from muniadmin.kernel.i18n import N_, _, ngettext
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, due, everything
from tests.fines.builders import a_fine, bill_of
from tests.towns import PASSWORD, user_name
from tests.window.books import Books, money
from tests.window.desk import ROOT, Desk

#: What stands above the letters with Ctrl: the means of payment 1 to 5.
_TOP_ROW = {"fr": ("ampersand", "eacute", "quotedbl", "apostrophe", "parenleft"), "us": tuple("12345")}
_FOREIGN = "6111234567890"
_UNLOCKED = "access:user:signed-in"
_PRINTED = "documents:document:printed | receipt"
_SYLLABLES = ("ba", "do", "fe", "gu", "ki", "lo", "mu", "ni", "po", "ra", "so", "tu", "va", "ze")
#: Seconds from when a payer was shown until Enter is a person's.
_SETTLED = 0.4
#: So many wrong acts are enough to read.
_WRONG_ENOUGH = 5

RECEIVED, AMOUNT, PART, SEARCH, REFERENCE = (
    N_("Received from the citizen"), N_("Amount"), N_("Amount to pay"), N_("Scan or type"), N_("Reference"),
)  # fmt: skip

Story = Callable[["Day"], None]


@dataclass(frozen=True)
class Debt:
    """A bill that somebody brings: its number, what is to pay of it, and what that settles, in minor units."""

    number: str
    due: int
    settles: int


@dataclass(frozen=True)
class Person:
    """Whoever stands at the counter: their name, or the plate of a car that no register knows."""

    name: str
    debts: Sequence[Debt]

    @cached_property
    def typed(self) -> str:
        """What is typed to find them, and nobody else."""
        return self.name.split()[1] if " " in self.name else self.name.partition("-")[0]

    @property
    def due(self) -> int:
        """All they have to pay."""
        return sum(debt.due for debt in self.debts)


class Day:
    """One clerk at one desk; ``run`` tells stories in an order that the seed gives, until there were so many acts."""

    def __init__(self, town: App, desk: Desk, books: Books, *, seed: int, keyboard: str) -> None:
        self.town, self.desk, self.books = town, desk, books
        self.chance = random.Random(seed)
        self._means = dict(zip(Channel, _TOP_ROW[keyboard], strict=True))
        surnames = ["".join(parts) for parts in product(_SYLLABLES, repeat=3)]
        self.chance.shuffle(surnames)
        self._surnames, self._plates = iter(surnames), iter(range(10_001, 99_999))
        #: What was done until now, and what of it went wrong.
        self.done: list[str] = []
        self.wrong: list[str] = []
        #: What the drawer must hold.
        self.drawer = 0

    def run(self, acts: int) -> None:
        """Opens the desk, tells every story before it tells one again, counts the drawer and closes."""
        self._tell(Day.opening)
        left: list[Story] = []
        while len(self.done) < acts and len(self.wrong) < _WRONG_ENOUGH:
            if not left:
                left = [*STORIES]
                self.chance.shuffle(left)
            self._tell(left.pop())
        self._tell(Day.closing)

    def _tell(self, story: Story) -> None:
        try:
            story(self)
            self.next_citizen()
        except AssertionError as problem:
            number = len(self.done)
            self.wrong.append(f"after act {number} {self.done[-4:]}, {story.__name__}: {problem}")
            self.desk.picture(ROOT / "out" / "window" / f"clerks-day-{number}.png")
            # The rest of the day is worth looking at.
            while self.desk.windows()[0]["modal"]:
                self.desk.press("Escape", "ctrl+Return")
            self.desk.press("F2", "Escape", "Escape")
            self.books.news()

    def did(self, what: str, *meant: str) -> None:
        """An act is over: the books tell what was meant, and nothing else."""
        self.desk.settle()
        self.done.append(what)
        told = self.books.news()
        assert told == [*meant], f"the books tell {told}, not {[*meant]}"

    # --- who comes, and what others do in the town -------------------------------------------------------------

    def a_person(self, *amounts: int, not_due: int = 0) -> Person:
        """Somebody on the register with debts of so many dirhams that are due today, and some that are not yet."""
        first = self.chance.choice(("Nadia", "Karim", "Salma", "Hicham"))
        name = f"{first} {next(self._surnames).capitalize()}"
        taxpayer = a_taxpayer(self.town, name)
        today = self.today
        amounts = amounts or (self.chance.randint(2, 90) * 10,)
        bills = [a_bill(self.town, str(amount), taxpayer_id=taxpayer, due_on=today) for amount in amounts]
        for _number in range(not_due):
            a_bill(self.town, "77", taxpayer_id=taxpayer, due_on=today + timedelta(days=400))
        self.books.news()
        return Person(name, [Debt(bill.number, bill.total.minor, bill.total.minor) for bill in bills])

    def a_plate(self, fines: int = 1) -> Person:
        """A car with fines to pay, which are less in the first days."""
        plate = f"{next(self._plates)}-A-15"
        actor = everything(self.town)
        captured = [a_fine(self.town, actor, plate, confirmed=[SameFineNearby]) for _number in range(fines)]
        bills = [bill_of(self.town, fine) for fine in captured]
        debts = [Debt(bill.number, due(self.town, bill).minor, bill.total.minor) for bill in bills]
        self.books.news()
        return Person(plate, debts)

    @property
    def today(self) -> date:
        """The office's day."""
        return self.town.clock.now().astimezone(ZoneInfo(self.town.municipality.calendar.zone)).date()

    # --- acts ---------------------------------------------------------------------------------------------------

    def has(self, field: str) -> bool:
        """Whether a field has the keyboard."""
        return self.desk.focus().name == _(field)

    def at(self, field: str) -> None:
        """Waits until a field has the keyboard, and looks at what is shown."""
        self.desk.wait(lambda: self.has(field), _(field))
        time.sleep(_SETTLED)

    def stands(self, amount: str) -> bool:
        """Whether an amount stands in the field, written in full or not."""
        return self.desk.focus().text.replace(".", ",").removesuffix(",00") == amount

    def asked(self) -> None:
        """Waits for a question."""
        self.desk.wait(lambda: self.desk.windows()[0]["modal"], "a question")

    def ticked(self, count: int) -> None:
        """Waits until so many debts are ticked."""
        self.desk.see(ngettext("{count} debt ticked", "{count} debts ticked", count).format(count=count))

    def scan(self, code: str) -> None:
        """The scanner, wherever the cursor is."""
        self.desk.scan(code)
        self.did("scan")

    def bring(self, *debts: Debt) -> None:
        """Papers are scanned one after the other, and the amount waits."""
        for debt in debts:
            self.scan(debt.number)
        self.ticked(len(debts))
        self.at(RECEIVED)

    def name(self, person: Person, key: str = "Return", *, ticked: int | None = None) -> None:
        """Somebody is found by what they say, and the amount waits."""
        self.desk.type(person.typed)
        self.desk.see(f"> {person.name}")
        self.desk.press(key)
        self.ticked(len(person.debts) if ticked is None else ticked)
        self.at(RECEIVED)
        self.did("name")

    def means(self, channel: Channel) -> None:
        """Another means of payment, by its key."""
        self.desk.press(f"ctrl+{self._means[channel]}")
        self.at(REFERENCE)

    def take(self, payer: Person, tenders: Mapping[str, int], *debts: Debt, given: int = 0) -> None:
        """Enter takes the payment of a payer's own debts, or of these; ``tenders`` are amounts by channel and
        reference, ``given`` is what was handed over for cash."""
        self.desk.press("Return")
        self.took(payer, tenders, *debts, given=given)

    def took(self, payer: Person, tenders: Mapping[str, int], *debts: Debt, given: int = 0) -> None:
        """The books tell of the payment: who paid how much, by what, for which bills, and what is kept for them."""
        self.desk.see(_("Received, receipt {number}").format(number="1-"))
        self.did("payment", *self.of_payment(payer, tenders, *debts, given=given))

    def of_payment(
        self, payer: Person, tenders: Mapping[str, int], *debts: Debt, given: int = 0
    ) -> list[str]:
        """What the books tell of a payment and its receipt."""
        left = sum(tenders.values())
        entry = [f"{payer.name} {money(left)}"]
        for means, amount in tenders.items():
            channel, *reference = means.split(" ", 1)
            change = f" of {money(given)}" if given else ""
            entry.append(" ".join([channel, f"{money(amount)}{change}", *reference]))
        self.drawer += tenders.get("cash", 0)
        # All of a day are due on the same day: the one issued first is paid first.
        for debt in sorted(debts or payer.debts, key=lambda debt: debt.number):
            settled = debt.settles if left >= debt.due else left
            entry.append(f"{debt.number} {money(settled)}")
            left -= min(left, debt.due)
        entry += [f"credit of {payer.name} {money(left)}"] if left else []
        return [" | ".join(["collection:payment:taken", *entry]), _PRINTED]

    def no(self) -> None:
        """Esc on a question."""
        self.desk.press("Escape")
        self.did("no")

    def next_citizen(self) -> None:
        """Whoever was at the counter leaves, wherever the cursor is."""
        self.desk.press("Escape", "Escape")
        self.desk.wait(lambda: self.has(SEARCH) and not self.desk.focus().text, "the field")
        self.did("next")

    # --- what may come between two steps ------------------------------------------------------------------------

    def between(self) -> None:
        """Sometimes: the cursor, what is typed and what is ticked are afterwards as they were."""
        if self.chance.random() < 0.5:
            return
        before = self.desk.focus()
        what = self.chance.choice((Day.lock, Day.other_page, Day.foreign_code, Day.palette))
        if before.name == _(REFERENCE):  # which takes what is scanned, and another page leaves
            what = Day.lock
        what(self)
        self.desk.wait(lambda: self.desk.focus().name == before.name, "the field as it was")
        assert self.stands(before.text.removesuffix(",00").removesuffix(".00"))
        time.sleep(_SETTLED)

    def lock(self) -> None:
        """Somebody leaves for a moment; Enter opens nothing."""
        self.desk.press("ctrl+l")
        self.desk.see(f"<{_('Unlock')}>")
        self.desk.press("Escape", "Return")
        self.unlock()

    def unlock(self, *meant: str) -> None:
        """The password, and what waited for it."""
        self.desk.password()
        self.desk.see_no(f"<{_('Unlock')}>")
        self.did("unlock", _UNLOCKED, *meant)

    def other_page(self) -> None:
        """A look at the taxpayers; Enter in the field above goes back to the payment in hand."""
        self.desk.press("F3", "F2", "Return")
        self.did("other page")

    def foreign_code(self) -> None:
        """The code on a bottle of water."""
        self.scan(_FOREIGN)
        self.desk.see(_FOREIGN)

    def palette(self) -> None:
        """The palette is opened and left."""
        self.desk.press("ctrl+shift+p", "Escape")
        self.did("palette")

    # --- the day's first and last -------------------------------------------------------------------------------

    def opening(self) -> None:
        """500 in the drawer; the first booking of the town opens its business day."""
        self.desk.press("ctrl+o")
        self.desk.wait(lambda: self.has(N_("Float")), "the float")
        self.desk.type("500")
        self.desk.press("Return")
        self.drawer = 500_00
        self.did("opening", "collection:session:opened | 1 × business_day")

    def closing(self) -> None:
        """The drawer holds what the payments of the day come to, note by note."""
        self.desk.press("F5", "ctrl+o")
        self.asked()
        left = self.drawer
        for value in (200, 100, 50, 20, 10):
            pieces, left = divmod(left, value * 100)
            if pieces:
                self.desk.type(f"{value}*{pieces}")
                self.desk.press("Return")
        self.did("count")
        self.desk.press("ctrl+Return")
        self.desk.see(_("The cash desk is closed."))
        slip = "cash_session_slip"
        self.did(
            "closing",
            f"collection:session:closed | {slip} | 1 × anchor",
            f"documents:document:printed | {slip}",
        )
        self.desk.press("Escape", "F2")

    # --- payments of every kind ---------------------------------------------------------------------------------

    def exact_cash(self) -> None:
        person = self.a_person()
        self.bring(*person.debts)
        self.between()
        self.take(person, {"cash": person.due})

    def too_large_with_change(self) -> None:
        person = self.a_person(self.chance.randint(5, 19) * 10)
        self.bring(*person.debts)
        self.desk.type("200")
        self.between()
        self.take(person, {"cash": person.due}, given=200_00)

    def by_another_means(self) -> None:
        person = self.a_person()
        channel = self.chance.choice((Channel.CHEQUE, Channel.CARD, Channel.TRANSFER, Channel.MOBILE))
        reference = f"REF {len(self.done)}/26"
        self.bring(*person.debts)
        self.means(channel)
        self.between()
        self.desk.type(reference)
        self.between()
        self.take(person, {f"{channel.value} {reference}": person.due})

    def part_and_rest(self) -> None:
        """A part; then the same paper once more, with the rest."""
        person = self.a_person(self.chance.randint(11, 60) * 10)
        (debt,) = person.debts
        self.bring(debt)
        self.desk.press("ctrl+e")
        self.at(PART)
        self.desk.type("100")
        self.take(person, {"cash": 100_00})
        rest = Debt(debt.number, debt.due - 100_00, debt.settles - 100_00)
        self.bring(rest)
        self.between()
        self.take(person, {"cash": rest.due}, rest)

    def in_advance(self) -> None:
        """More than is owed is asked about, and kept."""
        person = self.a_person(self.chance.randint(1, 9) * 10)
        self._pay_100(person)
        self.take(person, {"cash": 100_00})

    def _pay_100(self, person: Person) -> None:
        self.bring(*person.debts)
        self.desk.press("ctrl+e")
        self.at(PART)
        self.desk.type("100")
        self.desk.press("Return")
        self.asked()
        self.did("question")

    def all_debts_by_name(self) -> None:
        person = self.a_person(60, 70, 80)
        self.name(person)
        self.between()
        self.take(person, {"cash": person.due})

    def some_debts_by_name(self) -> None:
        """The first and the third wait for another day; what is not due yet is not ticked."""
        person = self.a_person(60, 70, 80, 90, not_due=1)
        self.name(person)
        self.desk.press("space", "Down", "Down", "space")
        self.ticked(2)
        self.between()
        self.take(person, {"cash": 160_00}, person.debts[1], person.debts[3])

    def two_people(self) -> list[Person]:
        """Whose bills were issued in one order or the other."""
        people = [self.a_person(), self.a_person()]
        self.chance.shuffle(people)
        return people

    def basket_of_two(self) -> None:
        first, second = self.two_people()
        self.bring(*first.debts, *second.debts)
        self.between()
        self.take(first, {"cash": first.due + second.due}, *first.debts, *second.debts)

    def plate_nobody_knows(self) -> None:
        """A driver says the plate: its fines are listed."""
        car = self.a_plate(self.chance.randint(1, 3))
        self.name(car)
        self.between()
        self.take(car, {"cash": car.due})

    def two_plates(self) -> None:
        """A firm pays for two of its cars with one receipt."""
        first, second = self.chance.sample([self.a_plate(), self.a_plate(2)], 2)
        self.bring(*first.debts)
        self.desk.press("Escape")
        self.name(second, "ctrl+Return", ticked=3)
        self.take(first, {"cash": first.due + second.due}, *first.debts, *second.debts)

    def cash_and_cheque(self) -> None:
        person = self.a_person(self.chance.randint(11, 60) * 10)
        reference = f"BMCE {len(self.done)}"
        self.bring(*person.debts)
        self.desk.type("50")
        self.desk.press("plus")
        self.at(REFERENCE)
        self.desk.type(reference)
        self.between()
        self.take(person, {"cash": 50_00, f"cheque {reference}": person.due - 50_00})

    def fine_written_and_paid(self) -> None:
        """A driver brings the officer's ticket before it is in the books: it is written, and paid at once."""
        plate = f"{next(self._plates)}-A-15"
        self.desk.press("F7", "ctrl+n")
        self.asked()
        self.desk.type(plate)
        self.desk.press("Tab")
        self.desk.type("S01")
        self.desk.press("Tab")
        for text in ("Place Atlas", "B-12"):
            if not self.desk.focus().text:  # both are kept from the fine before
                self.desk.type(text)
            self.desk.press("Tab")
        self.did("form")
        self.desk.press("Return")
        self.did("fine", "fines:fine:captured | 1 × account | 1 × bill | 1 × charge | 2 × offer")
        self.desk.press("Escape", "F2")
        with_plate = Person(plate, ())
        self.desk.type(with_plate.typed)
        self.desk.see(f"> {plate}")
        self.desk.press("Return")
        self.ticked(1)
        self.at(RECEIVED)
        ((debt,),) = [self._owed(plate)]
        self.take(Person(plate, [debt]), {"cash": debt.due})

    def _owed(self, plate: str) -> list[Debt]:
        """What the car's fines come to today."""
        found = self.town.read(FinesOfPlate(plate=plate), everything(self.town))
        return [Debt(row.number, row.due.minor, row.amount.minor) for row in found.rows]

    def stub_entered(self) -> None:
        """A collector's receipt of today, written by hand: in the books, and not in the drawer."""
        person = self.a_person()
        number = str(len(self.done))
        self.desk.press("F5", "ctrl+shift+p")
        self.desk.type(_("Enter a stub…")[:9])
        self.desk.press("Return")
        self.asked()
        self.desk.type("B7")
        self.desk.press("Tab")
        self.desk.type(number)
        self.desk.press("Tab")
        self.desk.type(format_date(self.today))
        self.desk.press("Tab")
        self.desk.type(person.debts[0].number)
        self.desk.press("Tab")
        self.did("form")
        self.desk.press("Return")
        taken, _print = self.of_payment(person, {"cash": person.due})
        self.drawer -= person.due
        self.did("stub", taken)
        self.desk.press("F2")

    # --- scans at wrong moments ---------------------------------------------------------------------------------

    def foreign_code_in_the_reference(self) -> None:
        """It is what the field asks for."""
        person = self.a_person()
        self.bring(*person.debts)
        self.means(Channel.CARD)
        self.scan(code := f"00{self.chance.randint(10**7, 10**8 - 1)}")
        self.desk.see(f"{_(REFERENCE)}: {code}")
        self.take(person, {f"card {code}": person.due})

    def bill_in_the_reference(self) -> None:
        """One more paper of the same payer, after the reference was typed: the cheque pays no more than it did."""
        person = self.a_person(40, 50)
        first, second = person.debts
        reference = f"BP {len(self.done)}"
        self.bring(first)
        self.means(Channel.CHEQUE)
        self.desk.type(reference)
        self.scan(second.number)
        self.ticked(2)
        self.at(AMOUNT)
        assert self.stands("40")
        self.desk.press("Return")
        self.did("too little")
        self.desk.type("90")
        self.take(person, {f"cheque {reference}": person.due})

    def bill_when_an_amount_is_begun(self) -> None:
        """It is one more debt; what was typed is too little then, and nothing is taken."""
        first, second = self.a_person(40), self.a_person(170)
        self.bring(*first.debts)
        self.desk.type("50")
        self.scan(second.debts[0].number)
        self.ticked(2)
        assert first.name in self.desk.seen()
        self.at(RECEIVED)
        assert self.stands("50")
        self.desk.press("Return")
        self.did("too little")
        self.desk.type("210")
        self.take(first, {"cash": 210_00}, *first.debts, *second.debts)

    def bill_in_the_search(self) -> None:
        """While another's name is being typed."""
        other, person = self.a_person(), self.a_person()
        self.desk.type(other.typed[:4])
        self.bring(*person.debts)
        self.take(person, {"cash": person.due})

    def bill_in_a_dialog(self) -> None:
        """It waits for the end of the dialog, which names it."""
        person = self.a_person()
        self.desk.press("F7", "ctrl+n")
        self.asked()
        self.scan(person.debts[0].number)
        self.desk.see(person.debts[0].number)
        self.desk.press("Escape")
        self.ticked(1)
        self.at(RECEIVED)
        self.take(person, {"cash": person.due})

    def bill_with_a_question_open_no(self) -> None:
        person, other = self.a_person(50), self.a_person()
        self._pay_100(person)
        self.scan(other.debts[0].number)
        self.desk.see(other.debts[0].number)
        self.no()
        self.ticked(2)

    def bill_with_a_question_open_yes(self) -> None:
        """What was asked is done; the next citizen's paper is opened after it, and not paid."""
        person, other = self.a_person(50), self.a_person()
        self._pay_100(person)
        self.scan(other.debts[0].number)
        self.desk.press("Return")
        self.ticked(1)
        self.desk.see(other.name)
        self.did("payment", *self.of_payment(person, {"cash": 100_00}))

    def bill_during_the_lock(self) -> None:
        person = self.a_person()
        self.desk.press("ctrl+l")
        self.scan(person.debts[0].number)
        self.desk.press("Escape")
        self.unlock()
        self.ticked(1)
        self.at(RECEIVED)
        self.take(person, {"cash": person.due})

    def two_bills_in_a_row(self) -> None:
        first, second = self.two_people()
        self.desk.scan(first.debts[0].number, wait=False)
        self.scan(second.debts[0].number)
        self.ticked(2)
        self.at(RECEIVED)
        self.take(first, {"cash": first.due + second.due}, *first.debts, *second.debts)

    def bill_while_another_is_being_paid(self) -> None:
        """The next citizen is quick; their paper is opened, and not paid."""
        person, other = self.a_person(), self.a_person()
        self.bring(*person.debts)
        self.desk.at_once("Return", wait=False)
        self.desk.scan(other.debts[0].number, wait=False)
        self.ticked(1)
        self.desk.see(other.name)
        self.did("payment", *self.of_payment(person, {"cash": person.due}))

    def bill_in_the_list(self) -> None:
        """The cursor is in the list of debts."""
        first, second = self.two_people()
        self.bring(*first.debts)
        self.desk.press("Escape", "Down")
        self.scan(second.debts[0].number)
        self.ticked(2)
        self.at(RECEIVED)
        self.take(first, {"cash": first.due + second.due}, *first.debts, *second.debts)

    def bill_on_another_page(self) -> None:
        person = self.a_person()
        self.desk.press(self.chance.choice(("F3", "F5", "F7")))
        self.bring(*person.debts)
        self.take(person, {"cash": person.due})

    def bill_above_the_palette(self) -> None:
        person = self.a_person()
        self.desk.press("ctrl+shift+p")
        self.desk.type("a")
        self.bring(*person.debts)
        self.take(person, {"cash": person.due})

    def misread_number(self) -> None:
        """A letter of the number was not read right: neither a name nor an amount."""
        person = self.a_person()
        self.bring(*person.debts)
        number = person.debts[0].number
        self.scan(number[:-1] + ("Z" if number[-1] != "Z" else "Y"))
        self.at(RECEIVED)
        self.take(person, {"cash": person.due})

    def receipt_is_scanned(self) -> None:
        """It is shown among the receipts, where Enter reads."""
        self.exact_cash()
        self.scan(number := self.chance.choice(self.books.receipts))
        self.desk.see(f"> {number}")
        self.desk.press("Return", "Escape", "Return", "Escape", "F2")
        self.did("Enter at a receipt")

    # --- Enter, Esc and questions at wrong moments --------------------------------------------------------------

    def another_name_and_enter(self) -> None:
        """All at once, as somebody does who does not look at the screen."""
        other, person = self.a_person(30, 40), self.a_person(50, 60)
        self.desk.type(other.typed)
        self.desk.see(f"> {other.name}")
        self.desk.press("ctrl+a")
        self.desk.type(person.typed)
        self.desk.at_once("Return")
        self.ticked(2)
        self.at(RECEIVED)
        self.take(person, {"cash": person.due})

    def enter_upon_enter(self) -> None:
        """The payment is taken once."""
        person = self.a_person(60, 70, not_due=1)
        self.bring(*person.debts)
        self.desk.at_once(*["Return"] * 4)
        self.took(person, {"cash": person.due})

    def enter_with_nobody(self) -> None:
        self.desk.press("Return", "Tab", "Tab", "Return", "Escape", "F2", "Return")
        self.did("Enter")

    def esc_at_each_step(self) -> None:
        person = self.a_person(50)
        self.desk.type(person.typed)
        self.desk.see(f"> {person.name}")
        self.next_citizen()
        self.bring(*person.debts)
        self.desk.type("200")
        self.next_citizen()
        self.bring(*person.debts)
        self.means(Channel.CHEQUE)
        self.desk.type("B 1")
        self.next_citizen()
        self._pay_100(person)
        self.no()

    def nothing_is_left(self) -> None:
        """The paper comes once more: Enter, and Enter again."""
        person = self.a_person()
        self.bring(*person.debts)
        self.take(person, {"cash": person.due})
        self.scan(person.debts[0].number)
        self.desk.press("Return", "Return")
        self.did("Enter")

    def too_little(self) -> None:
        person = self.a_person(120)
        self.bring(*person.debts)
        self.desk.type("20")
        self.desk.press("Return", "Return")
        self.did("too little")

    def no_reference(self) -> None:
        person = self.a_person()
        self.bring(*person.debts)
        self.means(Channel.MOBILE)
        self.desk.press("Return", "Return")
        self.did("no reference")

    def a_number_for_an_amount(self) -> None:
        """Typed by hand: asked about, and Enter is the way back."""
        person = self.a_person()
        self.bring(*person.debts)
        self.desk.type(_FOREIGN)
        self.desk.press("Return")
        self.asked()
        self.desk.press("Return")
        self.desk.wait(lambda: self.has(RECEIVED), "the amount")
        self.did("no")

    def question_behind_the_lock(self) -> None:
        """It is answered by whoever opens the lock, not by a key pressed at it."""
        self._pay_100(self.a_person(50))
        self.desk.press("ctrl+l")
        self.desk.see(f"<{_('Unlock')}>")
        self.desk.press("Return", "Escape")
        self.unlock()
        self.asked()
        self.no()

    # --- receipts ------------------------------------------------------------------------------------------------

    def printed_again(self) -> None:
        """Asked once; then it is a duplicate, which says so."""
        self.exact_cash()
        for answer in ("Escape", "Return"):
            self._show_receipt()
            self.desk.press("ctrl+p")
            self.asked()
            self.did("question")
            self.desk.press(answer)
            self.did("answer", *([f"{_PRINTED}, copy 1"] if answer == "Return" else []))
            self.desk.press("Escape", "F2")

    def _show_receipt(self) -> None:
        """The last one is scanned, and shown."""
        self.scan(number := self.books.receipts[-1])
        self.desk.see(f"> {number}")

    def cancelled_by_two(self) -> None:
        person = self.a_person()
        self.bring(*person.debts)
        self.take(person, {"cash": person.due})
        self._show_receipt()
        self.desk.press("ctrl+Delete")
        self.asked()
        self.desk.type("faux papier")
        self.desk.press("Return")
        self.desk.type(user_name(Role.SUPERVISOR))
        self.desk.press("Tab")
        self.desk.type(PASSWORD)
        self.did("question")
        self.desk.press("Return")
        self.did("Enter")
        self.desk.press("ctrl+Return")
        self.drawer -= person.due
        paper, (debt,) = "receipt_cancellation", person.debts
        self.did(
            "cancellation",
            f"collection:receipt:cancelled | {debt.number} -{money(debt.due)} | {paper} | 1 × cancellation",
            f"documents:document:printed | {paper}",
        )
        self.desk.press("Escape", "F2")


STORIES: Sequence[Story] = (
    Day.exact_cash,
    Day.too_large_with_change,
    Day.by_another_means,
    Day.part_and_rest,
    Day.in_advance,
    Day.all_debts_by_name,
    Day.some_debts_by_name,
    Day.basket_of_two,
    Day.plate_nobody_knows,
    Day.two_plates,
    Day.cash_and_cheque,
    Day.fine_written_and_paid,
    Day.stub_entered,
    Day.foreign_code_in_the_reference,
    Day.bill_in_the_reference,
    Day.bill_when_an_amount_is_begun,
    Day.bill_in_the_search,
    Day.bill_in_a_dialog,
    Day.bill_with_a_question_open_no,
    Day.bill_with_a_question_open_yes,
    Day.bill_during_the_lock,
    Day.two_bills_in_a_row,
    Day.bill_while_another_is_being_paid,
    Day.bill_in_the_list,
    Day.bill_on_another_page,
    Day.bill_above_the_palette,
    Day.misread_number,
    Day.receipt_is_scanned,
    Day.another_name_and_enter,
    Day.enter_upon_enter,
    Day.enter_with_nobody,
    Day.esc_at_each_step,
    Day.nothing_is_left,
    Day.too_little,
    Day.no_reference,
    Day.a_number_for_an_amount,
    Day.question_behind_the_lock,
    Day.printed_again,
    Day.cancelled_by_two,
)
"""All that there are: what a day tells once before it tells it again."""
