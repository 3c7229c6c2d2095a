"""What cannot be decided is refused in words; nothing is written and no number used, even where the order goes on."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, literal, select, union_all

from muniadmin.billing.commands import ChangePenaltyRule
from muniadmin.billing.decisions import (
    Grounds,
    annul_bill,
    books_of_bill,
    charge_cost,
    compensate,
    credit_note,
    end_suspension,
    keep_credit,
    lapse,
    offer,
    postpone,
    reallocate,
    reclaim,
    suspend,
    transfer,
    waive,
    write_off,
)
from muniadmin.billing.errors import (
    AmountNotPositive,
    BillAlreadyAnnulled,
    ChargeUnknown,
    DueDayNotLater,
    EndsBeforeItBegins,
    HeadUnknown,
    MoreThanLeft,
    NotSuspended,
    OfferSavesNothing,
    PenaltyRuleNotUnderstood,
    ReasonMissing,
    StaysWhereItIs,
    SuspendedBeyondLeft,
    ValueDayAfterBooking,
)
from muniadmin.billing.head_rules import change_penalty_rule
from muniadmin.billing.services import IssuedBill
from muniadmin.kernel.errors import (
    DateOutOfReach,
    FieldMissing,
    InvalidInput,
    NotFound,
    NumberTooLarge,
    TextTooLong,
    UserError,
)
from muniadmin.kernel.money import LARGEST, ZERO, Money
from muniadmin.storage.base import Base, NumberSeries
from muniadmin.storage.unit_of_work import UnitOfWork
from tests.builders import money
from tests.situations.town import MOROCCO, WHY, Town

JAN_31, MAY_31 = date(2027, 1, 31), date(2027, 5, 31)
TODAY, TOMORROW = date(2027, 2, 10), date(2027, 2, 11)
NOBODY = 9_999


@dataclass(frozen=True)
class World:
    """A owes on a bill of two instalments, the first in part paid with its penalty, and on one that is annulled; B on
    another bill, a late one, and has paid one; C owes nothing, and money is held."""

    a: int
    b: int
    c: int
    bill: IssuedBill
    annulled: IssuedBill
    of_b: IssuedBill
    paid: IssuedBill
    penalty: int
    cost: int
    payment: int
    rest: int
    silent_rest: int
    ended_rest: int

    @property
    def late(self) -> int:
        """The first instalment: 100, late, 60 paid."""
        return self.bill.charge_ids[0]

    @property
    def later(self) -> int:
        """The second instalment: 200, due at the end of May."""
        return self.bill.charge_ids[1]


def world(town: Town) -> World:
    """The world on 10 February 2027."""
    town.head(penalty=MOROCCO)
    a, b, c = (town.account(name) for name in "ABC")
    bill = town.bill(a, (JAN_31, "100"), (MAY_31, "200"))
    annulled = town.bill(a, (MAY_31, "70"))
    of_b = town.bill(b, (JAN_31, "50"))
    paid = town.bill(b, (MAY_31, "10"))
    town.on(2027, 2, 10)
    town.cash(bill.charge_ids[:1], "60")
    payment = town.cash(paid.charge_ids, "10").payment_id
    town.cash([], "30", rest=c)
    with town.order() as uow:
        annul_bill(uow, annulled.bill_id, WHY)
        cost = charge_cost(uow, bill.bill_id, money("5"), "reminder")
        rest, silent, ended = (
            suspend(uow, of_b.bill_id, WHY, since=TODAY, silence_on=silence)
            for silence in (None, date(2027, 3, 1), None)
        )
        end_suspension(uow, ended, TODAY, WHY, as_if_never=False)
    penalty = next(charge_id for charge_id, kind, _amount in town.charges(bill) if kind == "penalty")
    return World(a, b, c, bill, annulled, of_b, paid, penalty, cost, payment, rest, silent, ended)


Order = Callable[[UnitOfWork, World], object]
Case = tuple[Order, type[UserError]]


def rule(spec: Any, document: str = "law 1-27", since: date = TODAY, head: str = "X") -> Order:
    """Another penalty rule."""
    order = ChangePenaltyRule(head_code=head, spec=spec, since=since, document=document)
    return lambda uow, _w: change_penalty_rule(uow, order)


def offered(amount: str, since: date = TODAY, last_day: date = TOMORROW) -> Order:
    """An offer on A's bill, of which 300 are asked and 45 of principal are paid."""
    return lambda uow, w: offer(uow, w.bill.bill_id, money(amount), since, last_day, WHY)


def held(amount: Money, value_on: date = TODAY, kept_for: str = "") -> Order:
    """A credit of C's taken over."""
    return lambda uow, w: keep_credit(uow, w.c, amount, value_on, WHY, kept_for=kept_for)


def cost(amount: Money, reason: str = "reminder", account_id: int | None = None) -> Order:
    """A cost on A's bill."""
    return lambda uow, w: charge_cost(uow, w.bill.bill_id, amount, reason, account_id=account_id)


def moved(*shares: str, to: int | None = None) -> Order:
    """A's second instalment goes to B, or some account."""
    return lambda uow, w: transfer(
        uow, w.later, {w.b if to is None else to: money(share) for share in shares}, WHY
    )


def rests(**facts: Any) -> Order:
    """Something of A's bill rests."""
    return lambda uow, w: suspend(uow, w.bill.bill_id, WHY, **{"since": TODAY, **facts})


IMPOSSIBLE: Mapping[str, Case] = {
    "annul: no bill": (lambda uow, _w: annul_bill(uow, NOBODY, WHY), NotFound),
    "annul: twice": (lambda uow, w: annul_bill(uow, w.annulled.bill_id, WHY), BillAlreadyAnnulled),
    "credit note: no charge": (lambda uow, _w: credit_note(uow, NOBODY, money("1"), WHY), ChargeUnknown),
    "credit note: a penalty": (lambda uow, w: credit_note(uow, w.penalty, money("1"), WHY), ChargeUnknown),
    "credit note: nothing": (lambda uow, w: credit_note(uow, w.late, ZERO, WHY), MoreThanLeft),
    "credit note: negative": (lambda uow, w: credit_note(uow, w.late, money("-1"), WHY), MoreThanLeft),
    "credit note: too much": (lambda uow, w: credit_note(uow, w.late, money("100.01"), WHY), MoreThanLeft),
    "waiver: no charge": (lambda uow, _w: waive(uow, NOBODY, WHY), ChargeUnknown),
    "waiver: of a penalty itself": (lambda uow, w: waive(uow, w.penalty, WHY), ChargeUnknown),
    "waiver: no payment": (lambda uow, w: waive(uow, w.late, WHY, payment_id=NOBODY), NotFound),
    "waiver: another bill's payment": (
        lambda uow, w: waive(uow, w.late, WHY, payment_id=w.payment), NotFound,
    ),
    "write-off: nothing": (lambda uow, _w: write_off(uow, [], WHY), ChargeUnknown),
    "write-off: no charge": (lambda uow, w: write_off(uow, [w.late, NOBODY], WHY), ChargeUnknown),
    "write-off: a penalty": (lambda uow, w: write_off(uow, [w.penalty], WHY), ChargeUnknown),
    "transfer: no charge": (lambda uow, w: transfer(uow, NOBODY, {w.b: money("1")}, WHY), ChargeUnknown),
    "transfer: a penalty": (lambda uow, w: transfer(uow, w.penalty, {w.b: money("1")}, WHY), ChargeUnknown),
    "transfer: to nobody": (moved("200", to=NOBODY), NotFound),
    "transfer: to nobody at all": (moved(), MoreThanLeft),
    "transfer: nothing": (moved("0"), MoreThanLeft),
    "transfer: negative": (moved("-5"), MoreThanLeft),
    "transfer: negative among others": (
        lambda uow, w: transfer(uow, w.later, {w.b: money("150"), w.c: money("-5")}, WHY), MoreThanLeft,
    ),
    "transfer: too much": (moved("200.01"), MoreThanLeft),
    "transfer: too much in all": (
        lambda uow, w: transfer(uow, w.later, {w.b: money("150"), w.c: money("51")}, WHY), MoreThanLeft,
    ),
    "transfer: to who owes it": (lambda uow, w: transfer(uow, w.later, {w.a: money("9")}, WHY), StaysWhereItIs),
    "transfer: what is paid": (
        lambda uow, w: transfer(uow, w.paid.charge_ids[0], {w.a: money("1")}, WHY), MoreThanLeft,
    ),
    "reallocation: from no charge": (
        lambda uow, w: reallocate(uow, NOBODY, w.later, money("1"), WHY), ChargeUnknown,
    ),
    "reallocation: to no charge": (
        lambda uow, w: reallocate(uow, w.late, NOBODY, money("1"), WHY), ChargeUnknown,
    ),
    "reallocation: to itself": (
        lambda uow, w: reallocate(uow, w.late, w.late, money("1"), WHY), StaysWhereItIs,
    ),
    "reallocation: nothing": (lambda uow, w: reallocate(uow, w.late, w.later, ZERO, WHY), MoreThanLeft),
    "reallocation: more than was paid": (
        lambda uow, w: reallocate(uow, w.late, w.later, money("45.01"), WHY), MoreThanLeft,
    ),
    "reallocation: more than is left": (
        lambda uow, w: reallocate(uow, w.late, w.paid.charge_ids[0], money("1"), WHY), MoreThanLeft,
    ),
    "compensation: from nobody": (lambda uow, w: compensate(uow, NOBODY, w.b, money("1"), WHY), NotFound),
    "compensation: to nobody": (lambda uow, w: compensate(uow, w.c, NOBODY, money("1"), WHY), NotFound),
    "compensation: to itself": (lambda uow, w: compensate(uow, w.c, w.c, money("1"), WHY), StaysWhereItIs),
    "compensation: nothing": (lambda uow, w: compensate(uow, w.c, w.b, ZERO, WHY), MoreThanLeft),
    "compensation: negative": (lambda uow, w: compensate(uow, w.c, w.b, money("-1"), WHY), MoreThanLeft),
    "compensation: too much": (lambda uow, w: compensate(uow, w.c, w.b, money("30.01"), WHY), MoreThanLeft),
    "lapse: nobody": (lambda uow, _w: lapse(uow, NOBODY, WHY), NotFound),
    "reclaim: nobody": (lambda uow, _w: reclaim(uow, NOBODY, WHY), NotFound),
    "credit: nobody's": (lambda uow, _w: keep_credit(uow, NOBODY, money("1"), TODAY, WHY), NotFound),
    "credit: nothing": (held(ZERO), AmountNotPositive),
    "credit: negative": (held(money("-1")), AmountNotPositive),
    "credit: too large": (held(Money(LARGEST.minor + 1)), NumberTooLarge),
    "credit: of a day to come": (held(money("1"), TOMORROW), ValueDayAfterBooking),
    "credit: at the end of the calendar": (held(money("1"), date.min), DateOutOfReach),
    "credit: kept for too long a text": (held(money("1"), kept_for="k" * 61), TextTooLong),
    "postponement: nothing": (lambda uow, _w: postpone(uow, [], MAY_31, WHY), ChargeUnknown),
    "postponement: no charge": (lambda uow, w: postpone(uow, [w.late, NOBODY], MAY_31, WHY), ChargeUnknown),
    "postponement: a penalty": (lambda uow, w: postpone(uow, [w.penalty], MAY_31, WHY), ChargeUnknown),
    "postponement: earlier": (
        lambda uow, w: postpone(uow, [w.late, w.later], MAY_31 - timedelta(days=1), WHY), DueDayNotLater,
    ),
    "postponement: the same day": (lambda uow, w: postpone(uow, [w.later], MAY_31, WHY), DueDayNotLater),
    "postponement: for ever": (lambda uow, w: postpone(uow, [w.late], date.max, WHY), DateOutOfReach),
    "cost: no bill": (lambda uow, _w: charge_cost(uow, NOBODY, money("1"), "reminder"), NotFound),
    "cost: nothing": (cost(ZERO), AmountNotPositive),
    "cost: negative": (cost(money("-1")), AmountNotPositive),
    "cost: too large": (cost(Money(LARGEST.minor + 1)), NumberTooLarge),
    "cost: no reason": (cost(money("1"), " "), ReasonMissing),
    "cost: too long a reason": (cost(money("1"), "r" * 201), TextTooLong),
    "cost: nobody's": (cost(money("1"), account_id=NOBODY), NotFound),
    "cost: nobody's, by the number zero": (cost(money("1"), account_id=0), NotFound),
    "offer: no bill": (lambda uow, _w: offer(uow, NOBODY, money("1"), TODAY, TODAY, WHY), NotFound),
    "offer: nothing": (offered("0"), OfferSavesNothing),
    "offer: negative": (offered("-1"), OfferSavesNothing),
    "offer: what is paid by now": (offered("45"), OfferSavesNothing),
    "offer: more than is asked": (offered("300.01"), OfferSavesNothing),
    "offer: on a bill that is paid": (
        lambda uow, w: offer(uow, w.paid.bill_id, money("10"), TODAY, TODAY, WHY), OfferSavesNothing,
    ),
    "offer: on a bill that is annulled": (
        lambda uow, w: offer(uow, w.annulled.bill_id, money("1"), TODAY, TODAY, WHY), OfferSavesNothing,
    ),
    "offer: ends before it begins": (offered("100", TOMORROW, TODAY), EndsBeforeItBegins),
    "offer: for ever": (offered("100", TODAY, date.max), DateOutOfReach),
    "rest: no bill": (lambda uow, _w: suspend(uow, NOBODY, WHY, since=TODAY), NotFound),
    "rest: another bill's": (
        lambda uow, w: suspend(uow, w.bill.bill_id, WHY, since=TODAY, charge_id=w.of_b.charge_ids[0]),
        ChargeUnknown,
    ),
    "rest: of a penalty": (
        lambda uow, w: suspend(uow, w.bill.bill_id, WHY, since=TODAY, charge_id=w.penalty), ChargeUnknown,
    ),
    "rest: of a cost": (
        lambda uow, w: suspend(uow, w.bill.bill_id, WHY, since=TODAY, charge_id=w.cost), ChargeUnknown,
    ),
    "rest: nothing": (rests(amount=ZERO), SuspendedBeyondLeft),
    "rest: negative": (rests(amount=money("-1")), SuspendedBeyondLeft),
    "rest: too much": (rests(amount=money("200.01")), SuspendedBeyondLeft),
    "rest: silence on its first day": (rests(silence_on=TODAY), EndsBeforeItBegins),
    "rest: silence before": (rests(silence_on=TODAY - timedelta(days=1)), EndsBeforeItBegins),
    "rest: since ever": (rests(since=date.min), DateOutOfReach),
    "rest: until for ever": (rests(silence_on=date.max), DateOutOfReach),
    "end: of nothing": (lambda uow, _w: end_suspension(uow, NOBODY, TODAY, WHY, as_if_never=True), NotSuspended),
    "end: twice": (
        lambda uow, w: end_suspension(uow, w.ended_rest, TOMORROW, WHY, as_if_never=True), NotSuspended,
    ),
    "end: after silence": (
        lambda uow, w: end_suspension(uow, w.silent_rest, date(2027, 3, 1), WHY, as_if_never=False), NotSuspended,
    ),
    "end: before it began": (
        lambda uow, w: end_suspension(uow, w.rest, TODAY - timedelta(days=1), WHY, as_if_never=False),
        EndsBeforeItBegins,
    ),
    "end: never": (lambda uow, w: end_suspension(uow, w.rest, date.max, WHY, as_if_never=False), DateOutOfReach),
    "rule: no head": (rule({}, head="NONE"), HeadUnknown),
    "rule: too long a paper": (rule({}, document="d" * 201), TextTooLong),
    "rule: since ever": (rule({}, since=date.min), DateOutOfReach),
}  # fmt: skip

NUMBERED: Mapping[str, Callable[[UnitOfWork, World, Grounds], object]] = {
    "annulment": lambda uow, w, why: annul_bill(uow, w.bill.bill_id, why),
    "credit note": lambda uow, w, why: credit_note(uow, w.late, money("1"), why),
    "waiver": lambda uow, w, why: waive(uow, w.of_b.charge_ids[0], why),
    "write-off": lambda uow, w, why: write_off(uow, w.bill.charge_ids, why),
    "transfer": lambda uow, w, why: transfer(uow, w.later, {w.b: money("1")}, why),
    "reallocation": lambda uow, w, why: reallocate(uow, w.late, w.later, money("1"), why),
    "compensation": lambda uow, w, why: compensate(uow, w.c, w.b, money("1"), why),
    "lapse": lambda uow, w, why: lapse(uow, w.c, why),
    "credit": lambda uow, w, why: keep_credit(uow, w.c, money("1"), TODAY, why),
    "postponement": lambda uow, w, why: postpone(uow, w.bill.charge_ids, date(2027, 9, 30), why),
    "offer": lambda uow, w, why: offer(uow, w.bill.bill_id, money("100"), TODAY, TOMORROW, why),
    "rest": lambda uow, w, why: suspend(uow, w.bill.bill_id, why, since=TODAY),
    "end": lambda uow, w, why: end_suspension(uow, w.rest, TODAY, why, as_if_never=True),
}

BAD_GROUNDS: Mapping[str, tuple[Grounds, type[UserError]]] = {
    "no reason": (Grounds(reason=""), ReasonMissing),
    "an empty reason": (Grounds(reason=" \t", document="file 12"), ReasonMissing),
    "too long a reason": (Grounds(reason="r" * 301), TextTooLong),
    "too long a paper": (Grounds(reason="r", document="d" * 201), TextTooLong),
    "approved by nobody": (Grounds(reason="r", approved_by_id=NOBODY), NotFound),
}

BAD_RULES: tuple[Any, ...] = (
    None, [], {"mounth": "0.01"}, {"once": "-0.1"}, {"month": "nan"}, {"yearly": "inf"}, {"once": "1e999999999"},
    {"once": 0.1}, {"once": True}, {"once": None}, {"once": "1000"}, {"once": ""}, {"once": "1/3"}, {"cap": "-1"},
    {"grace_days": -1}, {"grace_days": 10**9}, {"grace_days": "3"}, {"grace_days": 1.5}, {"steps": 3},
    {"steps": [3]}, {"steps": [{"rate": "-0.1"}]}, {"steps": [{"after_days": -1}]}, {"steps": [{"minimum": -1}]},
    {"steps": [{"amount": LARGEST.minor + 1}]}, {"steps": [{"after_months": 10**6}]}, {"steps": [{"step": 1}]},
)  # fmt: skip


def written(town: Town) -> list[tuple[Any, ...]]:
    """How many rows every table has, and every number used."""
    counts = union_all(
        *(
            select(literal(table.name), func.count()).select_from(table)
            for table in Base.metadata.sorted_tables
        )
    )
    series = select(NumberSeries.series, NumberSeries.year, NumberSeries.last)
    with town.app.database.connect_to_read() as connection:
        found = [*connection.execute(counts), *connection.execute(series)]
    return sorted(tuple(row) for row in found)


def outcome(town: Town, found: World, order: Order) -> BaseException | None:
    """What becomes of an order; the transaction it is part of goes on and is committed."""
    try:
        with town.order() as uow:
            try:
                order(uow, found)
            except UserError as refusal:
                return refusal
    except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
        return error
    return None


def ensure_refused(town: Town, cases: Mapping[str, Case]) -> None:
    """Each is refused as it must be, in a sentence, and leaves nothing behind."""
    found = world(town)
    before, wrong = written(town), []
    for name, (order, expected) in cases.items():
        refusal = outcome(town, found, order)
        if isinstance(refusal, InvalidInput):
            (refusal,) = refusal.problems.values()
        if type(refusal) is not expected:
            wrong.append(f"{name}: {refusal!r}")
        elif not (refusal.sentence() and refusal.advice()):
            wrong.append(f"{name}: says nothing")
        if written(town) != before:
            wrong.append(f"{name}: something was written")
            before = written(town)
    assert not wrong, "\n".join(wrong)


def test_what_is_impossible_is_refused_and_leaves_nothing(town: Town) -> None:
    ensure_refused(town, IMPOSSIBLE)


def test_every_decision_says_why(town: Town) -> None:
    def decided(
        order: Callable[[UnitOfWork, World, Grounds], object], why: Grounds
    ) -> Callable[[UnitOfWork, World], object]:
        return lambda uow, found: order(uow, found, why)

    cases = {
        f"{name}: {what}": (decided(order, why), expected)
        for name, order in NUMBERED.items()
        for what, (why, expected) in BAD_GROUNDS.items()
    }
    ensure_refused(town, cases)


def test_a_rule_is_spelled_as_in_a_profile(town: Town) -> None:
    cases: dict[str, Case] = {f"{spec}": (rule(spec), PenaltyRuleNotUnderstood) for spec in BAD_RULES}
    cases["no paper"] = rule({}, document=" "), FieldMissing
    ensure_refused(town, cases)
    # All that a profile may say is understood.
    full = {
        "grace_days": 5, "once": "0.10", "first_month": "0.05", "month": "0.005", "yearly": "3", "cap": None,
        "steps": [{"rate": "0.2", "after_days": 3, "after_months": None, "minimum": 50_00, "amount": 1}],
    }  # fmt: skip
    order = ChangePenaltyRule(
        head_code="X", spec=full, since=date(2027, 3, 1), counts="issued", document="law 1-27"
    )
    with town.order() as uow:
        change_penalty_rule(uow, order)
    assert town.rows("SELECT count(*) FROM head_rule WHERE head_code = 'X'") == [(2,)]


def test_where_there_is_nothing_to_decide_no_number_is_used(town: Town) -> None:
    found = world(town)
    before = written(town)
    with town.order() as uow:
        assert write_off(uow, found.paid.charge_ids, WHY) == ZERO
        assert write_off(uow, found.annulled.charge_ids, WHY) == ZERO
        assert waive(uow, found.later, WHY) == ZERO
        assert lapse(uow, found.a, WHY) == ZERO
        assert reclaim(uow, found.c, WHY) == ZERO
    assert written(town) == before
    with town.order() as uow:
        # Of several what is left: 55 of the first, 200 of the second.
        assert write_off(uow, [*found.paid.charge_ids, *found.bill.charge_ids], WHY) == money("255")
    assert town.rows("SELECT count(*) FROM decision WHERE kind = 'write_off'") == [(1,)]


def test_a_postponement_is_written_for_those_it_postpones(town: Town) -> None:
    found = world(town)
    with town.order() as uow:
        postpone(uow, [found.late], MAY_31, WHY)
        # Both are due at the end of May by now; then the second later, and back again.
        for day in (date(2027, 9, 30), MAY_31):
            postpone(uow, [found.late, found.later], day, WHY)
        postpone(uow, [found.late, found.later, found.later], date(2027, 6, 30), WHY)
    assert town.rows(f"SELECT count(*) FROM term WHERE charge_id = {found.late}") == [(4,)]
    assert town.rows(f"SELECT count(*) FROM term WHERE charge_id = {found.later}") == [(3,)]


def test_a_waiver_stands_with_a_payment_that_pays_by_a_credit_too(town: Town) -> None:
    town.head(penalty=MOROCCO)
    a = town.account("A")
    held_for_a = town.cheque([], "40", rest=a)
    (c,) = town.bill(a, (JAN_31, "100")).charge_ids
    town.on(2027, 2, 10)
    with town.order() as uow:
        assert waive(uow, c, WHY, payment_id=held_for_a.payment_id) == money("9")
    assert town.owed(c) == money("60")


def test_two_costs_of_one_reason_are_told_apart_once_moved(town: Town) -> None:
    town.head()
    a, b = town.account("A"), town.account("B")
    bill = town.bill(a, (MAY_31, "100"))
    with town.order() as uow:
        reminder = charge_cost(uow, bill.bill_id, money("10"), "second notice")
        increase = charge_cost(uow, bill.bill_id, money("20"), "second notice", as_penalty=True)
        transfer(uow, reminder, {b: money("10")}, WHY)
        transfer(uow, increase, {b: money("20")}, WHY)
        third = charge_cost(uow, bill.bill_id, money("1"), "second notice", account_id=b)
    assert [row[0] for row in town.rows("SELECT reckoning FROM charge WHERE kind = 'cost' ORDER BY id")] == [
        "second notice", "second notice (2)", "second notice", "second notice (2)", "second notice (3)",
    ]  # fmt: skip
    assert town.rows(f"SELECT account_id FROM charge WHERE id = {third}") == [(b,)]

    def annulled() -> None:
        with town.order() as uow:
            annul_bill(uow, bill.bill_id, WHY)

    assert town.books(annulled) == {"penalty:X": "20.00", "receivable:X": "-131.00", "revenue:X": "111.00"}


@pytest.mark.parametrize("first", ["the payment", "the credit note"])
def test_an_offer_settles_a_bill_however_much_was_never_owed(town: Town, first: str) -> None:
    town.head(kind="fine")
    a = town.account("A")
    bill = town.bill(a, (MAY_31, "60"), offers=[(30_00, date(2027, 3, 13))])
    (c,) = bill.charge_ids
    if first == "the payment":
        town.cash([c], "30")
    with town.order() as uow:
        credit_note(uow, c, money("10"), WHY)
    if first == "the credit note":
        town.cash([c], "30")
    # 30 settle the bill, whenever it is found that 10 of the 60 were never owed.
    assert (town.owed(c), town.credit(a)) == (ZERO, ZERO)
    assert (town.ledger()["revenue:X"], town.ledger()["rebate:X"]) == (money("-50"), money("20"))
    # And when all but 20 were not, 10 of the 30 are theirs.
    with town.order() as uow:
        credit_note(uow, c, money("30"), WHY)
    assert (town.owed(c), town.credit(a)) == (ZERO, money("10"))
    assert "rebate:X" not in town.ledger()


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_who_owes_is_asked_again_once_they_are_held(town: Town) -> None:
    town.head()
    a, b = town.account("A"), town.account("B")
    bill = town.bill(a, (MAY_31, "100"))
    found: list[set[int]] = []

    def at_the_other_desk() -> None:
        with town.order() as uow:
            found.append(books_of_bill(uow, bill.bill_id)[0].accounts)

    with town.order() as uow:
        transfer(uow, bill.charge_ids[0], {b: money("40")}, WHY)
        other = threading.Thread(target=at_the_other_desk)
        other.start()
        while not town.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
            time.sleep(0.01)
    other.join(30)
    assert found == [{a, b}]
