"""The cash desks of the generated town: whoever comes is served through the counter's own services, on their day."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

from sqlalchemy import select

from muniadmin.billing.allocation import instalments_for, owed_in_all
from muniadmin.billing.books import Books
from muniadmin.billing.late_facts import settle_up
from muniadmin.billing.loading import load_books, load_books_of_each
from muniadmin.billing.models import Tender
from muniadmin.collection.cash_sessions import close_cash_session, open_cash_session
from muniadmin.collection.commands import (
    CloseCashSession,
    EnterStub,
    OpenCashSession,
    ReturnTender,
    TenderGiven,
)
from muniadmin.collection.corrections import return_tender
from muniadmin.collection.plan import PaymentOrder, Wanted, plan_payment
from muniadmin.collection.points import STUBS_POINT
from muniadmin.collection.rules import Channel
from muniadmin.collection.services import book_payments
from muniadmin.collection.stubs import enter_stub
from muniadmin.demonstration.habits import Diary, Planner, Visit, choose_channel
from muniadmin.demonstration.staff import acting
from muniadmin.kernel.i18n import _, use_language
from muniadmin.kernel.money import Money, total
from muniadmin.kernel.requests import Actor
from muniadmin.settings.profile import Profile
from muniadmin.storage.unit_of_work import UnitOfWork

_OPENS, _CLOSES = timedelta(hours=8, minutes=20), timedelta(hours=15, minutes=45)
# Which of those who pay their taxes: counted, not drawn, so that the smallest town has some of each.
_ROUND_AMOUNT, _SEVERAL_MEANS, _BY_STUB, _BAD_CHEQUE = 45, 40, 120, 18
_STUBS_IN_A_BOOK = 50

_T = TypeVar("_T")


@dataclass(frozen=True)
class Cashier:
    """Who sits at which desk."""

    desk: int
    actor: Actor


@dataclass(frozen=True)
class _Stub:
    """A receipt that a collector wrote by hand, to be entered some days later."""

    enter_on: date
    written_on: date
    visit: Visit


@dataclass(frozen=True)
class _BadCheque:
    """A cheque that the bank sends back."""

    on: date
    payment_id: int
    visit: Visit


class Counter:
    """Everything that happens at the desks, day after day."""

    def __init__(
        self,
        profile: Profile,
        diary: Diary,
        planner: Planner,
        cashiers: Sequence[Cashier],
        supervisor: Actor,
        rng: Random,
    ) -> None:
        self._profile, self._diary, self._planner, self._rng = profile, diary, planner, rng
        self._cashiers, self._supervisor = cashiers, supervisor
        self._stubs: list[_Stub] = []
        self._bad_cheques: list[_BadCheque] = []
        self._tax_payers = self._cheques = self._stubs_entered = 0

    def day(self, uow: UnitOfWork, day: date, visits: Sequence[Visit]) -> None:
        """A day on which the counter is open: cheques come back, stubs are entered, then everybody who comes."""
        begins = uow.municipality.calendar.start_of_day(day)
        self._take_cheques_back(uow, day, begins)
        self._enter_stubs(uow, day, begins)
        at_desk: dict[int, list[tuple[datetime, int, Visit]]] = {}
        for number, visit in enumerate(visits):
            if visit.only_taxes:
                self._tax_payers += 1
                if _is_turn(self._tax_payers, _BY_STUB) and len(visit.account_ids) == 1:
                    enter_on = self._diary.open_day(day + timedelta(days=self._rng.randint(3, 12)))
                    self._stubs.append(_Stub(enter_on, day, visit))
                    continue
            # People go to the desk near them, some to another.
            near = visit.account_ids[0] % len(self._cashiers)
            place = near if self._rng.random() < 0.85 else self._rng.randrange(len(self._cashiers))
            at_desk.setdefault(place, []).append((self._time(visit, begins), number, visit))
        queues = [(self._cashiers[place], sorted(at_desk[place])) for place in sorted(at_desk)]
        acting(uow, self._supervisor, begins + _OPENS)
        books = load_books_of_each(
            uow, [visit.account_ids for _cashier, some in queues for _at, _number, visit in some]
        )
        for cashier, some in queues:
            opened = begins + _OPENS + timedelta(seconds=self._rng.randint(0, 900))
            served = [(at, visit, next(books)) for at, _number, visit in some]
            self._session(uow, cashier, opened, begins + _CLOSES, served)

    def _time(self, visit: Visit, begins: datetime) -> datetime:
        if visit.not_before is not None:
            return visit.not_before + timedelta(seconds=self._rng.randint(120, 900))
        return begins + _OPENS + timedelta(seconds=900 + int(self._rng.triangular(600, 25_000, 7_000)))

    # --- a cashier's day --------------------------------------------------------------------------------------

    def _session(
        self,
        uow: UnitOfWork,
        cashier: Cashier,
        opened: datetime,
        closes: datetime,
        visits: Sequence[tuple[datetime, Visit, Books]],
    ) -> None:
        acting(uow, cashier.actor, opened)
        session_id = open_cash_session(
            uow, OpenCashSession(desk=cashier.desk, opening_float=self._opening_float)
        ).cash_session_id
        acting(uow, cashier.actor, visits[-1][0])
        in_till = self._opening_float + self._take(uow, cashier, session_id, visits)
        after = max(closes, visits[-1][0]) + timedelta(seconds=self._rng.randint(300, 2400))
        acting(uow, cashier.actor, after)
        pieces, uncounted = self._counted(in_till)
        with use_language(uow.municipality.language):
            explanation = _("Rounding of small coins") if uncounted else ""
        close_cash_session(
            uow, CloseCashSession(cash_session_id=session_id, denominations=pieces, explanation=explanation)
        )

    def _take(
        self,
        uow: UnitOfWork,
        cashier: Cashier,
        session_id: int,
        visits: Sequence[tuple[datetime, Visit, Books]],
    ) -> Money:
        """Takes a payment from each who still owes something, all booked together; the cash that came in."""
        paying: list[Visit] = []
        orders: list[PaymentOrder] = []
        for at, visit, books in visits:
            if books.credits:
                # What is held for them pays first.
                settle_up(books, visit.account_ids)
            due = owed_in_all(instalments_for(books, visit.charge_ids, uow.today))
            if not due:
                continue
            plan = plan_payment(
                books,
                Wanted(
                    charge_ids=visit.charge_ids,
                    tenders=self._tenders(uow.today, visit, due),
                    value_on=uow.today,
                    point=cashier.desk,
                ),
                self._profile.currency,
            )
            paying.append(visit)
            orders.append(
                PaymentOrder(
                    request_id=self._key(),
                    point=cashier.desk,
                    cash_session_id=session_id,
                    cashier=cashier.actor.name,
                    plan=plan,
                    taken_at=at,
                )
            )
        taken = book_payments(uow, orders)
        for visit, order, payment in zip(paying, orders, taken, strict=True):
            if visit.only_taxes and any(one.channel is Channel.CHEQUE for one in order.plan.tenders):
                self._cheques += 1
                if _is_turn(self._cheques, _BAD_CHEQUE):
                    back = self._diary.open_day(uow.today + timedelta(days=self._rng.randint(6, 15)))
                    self._bad_cheques.append(_BadCheque(back, payment.payment_id, visit))
        return total(
            one.amount for order in orders for one in order.plan.tenders if one.channel is Channel.CASH
        )

    def _tenders(self, day: date, visit: Visit, due: int) -> tuple[TenderGiven, ...]:
        """How somebody pays: mostly in one way what is due, some half of it, some a round amount, some in two ways."""
        unit = self._profile.currency.unit
        amount = due
        if visit.half:
            amount = due // 2 // unit * unit or due
        elif visit.only_taxes and len(visit.account_ids) == 1 and _is_turn(self._tax_payers, _ROUND_AMOUNT):
            note = max(each.value.minor for each in self._profile.denominations)
            amount = -(-due // note) * note
        channel = choose_channel(self._diary, day, amount, int(self._diary.habits.large * unit), self._rng)
        in_cash = amount // 3 // unit * unit
        if visit.only_taxes and _is_turn(self._tax_payers, _SEVERAL_MEANS) and in_cash:
            other = channel if channel is not Channel.CASH else Channel.CHEQUE
            return self._tender(Channel.CASH, in_cash, day), self._tender(other, amount - in_cash, day)
        return (self._tender(channel, amount, day),)

    def _tender(self, channel: Channel, amount: int, day: date) -> TenderGiven:
        rng = self._rng
        money = Money(amount)
        if channel is Channel.CASH:
            return TenderGiven(channel=channel, amount=money, tendered=self._handed_over(amount))
        if channel is Channel.CHEQUE:
            reference, bank = f"{rng.randrange(10**6, 10**7)}", rng.choice(self._diary.habits.banks)
            return TenderGiven(channel=channel, amount=money, reference=reference, bank=bank)
        # A provider never gives the same reference twice.
        reference = {
            Channel.MOBILE: f"MM{rng.randrange(10**11, 10**12)}",
            Channel.TRANSFER: f"{day:%y%m%d}-{rng.randrange(10**9):09d}",
        }.get(channel, f"{rng.randrange(10**6):06d}")
        return TenderGiven(channel=channel, amount=money, reference=reference)

    def _handed_over(self, amount: int) -> Money:
        """The exact amount, or notes."""
        if self._rng.random() < 0.4:
            return Money(amount)
        notes = [each.value.minor for each in self._profile.denominations if each.note]
        note = self._rng.choice([note for note in notes if note <= 2 * amount] or notes[:1])
        return Money(-(-amount // note) * note)

    @property
    def _opening_float(self) -> Money:
        """Change for the day: ten of each coin, five of each of the two smallest notes."""
        coins = [each.value * 10 for each in self._profile.denominations if not each.note]
        notes = [each.value * 5 for each in self._profile.denominations if each.note]
        return total([*coins, *notes[:2]])

    def _counted(self, expected: Money) -> tuple[dict[int, int], int]:
        """How the cash in a till is made up, and what is less than the smallest coin and cannot be counted."""
        pieces: dict[int, int] = {}
        left = expected.minor
        # A coin and a note may have one value.
        for value in sorted({each.value.minor for each in self._profile.denominations}, reverse=True):
            pieces[value], left = divmod(left, value)
        return {value: number for value, number in pieces.items() if number}, left

    # --- what comes later -------------------------------------------------------------------------------------

    def _take_cheques_back(self, uow: UnitOfWork, day: date, begins: datetime) -> None:
        """The bank's post of the day; whoever drew the cheque comes again some weeks later."""
        fee = self._profile.currency.of(round(self._diary.habits.large / 50))
        for place, one in enumerate(_taken(self._bad_cheques, lambda one: one.on <= day)):
            acting(uow, self._supervisor, begins + timedelta(hours=8, minutes=2 + place))
            tender_id = uow.connection.scalar(
                select(Tender.id).where(Tender.payment_id == one.payment_id, Tender.channel == "cheque")
            )
            assert tender_id is not None
            with use_language(uow.municipality.language):
                reason = _("Cheque without cover")
            return_tender(uow, ReturnTender(tender_id=tender_id, reason=reason, fee=fee))
            again = day + timedelta(days=self._rng.randint(10, 40))
            self._planner.again(one.visit, self._diary.open_day(again))

    def _enter_stubs(self, uow: UnitOfWork, day: date, begins: datetime) -> None:
        """The collectors' stub books: their money counts for the day on which they took it."""
        cashier = self._cashiers[0].actor
        for place, stub in enumerate(_taken(self._stubs, lambda one: one.enter_on <= day)):
            acting(uow, cashier, begins + timedelta(hours=8, minutes=5 + place))
            books = load_books(uow, account_ids=stub.visit.account_ids, whole=True)
            due = owed_in_all(instalments_for(books, stub.visit.charge_ids, stub.written_on))
            if not due:
                continue
            book, number = divmod(self._stubs_entered, _STUBS_IN_A_BOOK)
            self._stubs_entered += 1
            enter_stub(
                uow,
                EnterStub(
                    request_id=self._key(),
                    point=STUBS_POINT,
                    book=f"{book + 1:03d}",
                    number=number + 1,
                    value_on=stub.written_on,
                    charge_ids=tuple(stub.visit.charge_ids),
                    amount=Money(due),
                ),
            )

    def _key(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))


def _is_turn(number: int, every: int) -> bool:
    """Whether this one is the third, or one of those that follow it by so many."""
    return number % every == 3


def _taken(waiting: list[_T], ripe: Callable[[_T], bool]) -> list[_T]:
    """Takes what is ripe out of ``waiting``."""
    taken = [one for one in waiting if ripe(one)]
    waiting[:] = [one for one in waiting if not ripe(one)]
    return taken
