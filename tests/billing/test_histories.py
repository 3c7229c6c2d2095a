"""Whatever happens to two debtors, in whatever order it comes to be known, their books stay in order."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniadmin.billing.facts import (
    NEVER_OWED,
    PENALTY,
    PRINCIPAL,
    WRITE_OFF,
    BillFacts,
    ChargeFact,
    SuspensionFact,
)
from muniadmin.billing.late_facts import settle_up
from muniadmin.billing.standing import Instalment, accrued_by, net_amount, reckoned_penalties, standing
from tests.billing.paper import CARTAGO, MOROCCO, Office, offer, penalty_version, rebate

BEGINS = date(2027, 1, 4)
LAWS = (
    [penalty_version(MOROCCO)],
    [penalty_version(CARTAGO)],
    [penalty_version({**CARTAGO, "grace_days": 10, "cap": "0.08"})],
    [penalty_version({"steps": [{"after_days": 15, "rate": "0.2", "minimum": 50_00}]})],
    [
        penalty_version(MOROCCO),
        penalty_version({**MOROCCO, "month": "0.004"}, date(2027, 7, 15), counts="accrues"),
    ],
)


@dataclass
class Story:
    """An office, what may be asked again later, and the suspensions that run."""

    office: Office = field(default_factory=lambda: Office(BEGINS))
    asked: dict[tuple[int, date, date], list[Instalment]] = field(default_factory=dict)
    running: list[SuspensionFact] = field(default_factory=list)

    @property
    def charges(self) -> list[ChargeFact]:
        """Everything that was ever charged, penalties and costs too."""
        return [charge for bill in self.office.books.bills.values() for charge in bill.charges]

    def principal(self, number: int) -> ChargeFact:
        """One of the instalments."""
        found = [charge for charge in self.charges if charge.kind == PRINCIPAL]
        return found[number % len(found)]


def issue(story: Story, one: int, two: int, amount: int) -> None:
    office = story.office
    first, second = office.today + timedelta(days=one % 60), office.today + timedelta(days=60 + two % 60)
    office.bill(
        (first, amount),
        (second, amount // 3 + 1),
        account=1 + one % 2,
        penalties=LAWS[two % len(LAWS)],
        rebates=[rebate("0.05", 12, 31, whole=bool(two % 2))] if one % 3 == 0 else [],
        # Two thirds settle it for three weeks.
        offers=[offer(1 + amount * 2 // 3, office.today, office.today + timedelta(days=21), office.today)]
        if two % 4 == 0
        else [],
        allocation="principal_first" if one % 5 == 0 else "penalty_first",
    )


def pay(story: Story, one: int, two: int, amount: int) -> None:
    """Of today or of a day gone by; half of it by cheque; all that is owed or a part of it, or too much."""
    office = story.office
    charges = [story.principal(one), story.principal(two)]
    value_on = max(BEGINS, office.today - timedelta(days=two % 50 if one % 2 else 0))
    if amount % 3 == 0:
        amount = max(2, sum({charge.id: office.of(charge, value_on).payable for charge in charges}.values()))
    # The rest is the first debtor's.
    office.pay(charges, amount - amount // 2, amount // 2, value_on=value_on, rest=charges[0].account_id)


def advance(story: Story, one: int, two: int, amount: int) -> None:
    value_on = max(BEGINS, story.office.today - timedelta(days=two % 50))
    story.office.pay([], amount, value_on=value_on, rest=1 + one % 2)


def come_back(story: Story, one: int, _two: int, _amount: int) -> None:
    office = story.office
    tenders = [tender for tender in office.payments if tender not in office.returned]
    if tenders:
        office.return_tender(tenders[one % len(tenders)])


def never_owed(story: Story, one: int, _two: int, amount: int) -> None:
    charge = story.principal(one)
    room = story.office.books.room(charge)
    if room:
        story.office.credit_note(charge, 1 + amount % room)


def postpone(story: Story, one: int, two: int, _amount: int) -> None:
    charge = story.principal(one)
    story.office.postpone(charge, story.office.of(charge).due_on + timedelta(days=1 + two % 90))


def suspend(story: Story, one: int, two: int, amount: int) -> None:
    charge = story.principal(one)
    left = story.office.of(charge).left
    part = None if amount % 2 or not left else 1 + amount % left
    since = max(BEGINS, story.office.today - timedelta(days=two % 10))
    story.running.append(story.office.suspend(charge, since, part))


def end(story: Story, one: int, two: int, _amount: int) -> None:
    if story.running:
        rest = story.running.pop(one % len(story.running))
        story.office.end(
            rest, max(rest.since, story.office.today - timedelta(days=two % 5)), as_if_never=bool(one % 2)
        )


def write_off(story: Story, one: int, _two: int, _amount: int) -> None:
    story.office.write_off(story.principal(one))


def waive(story: Story, one: int, two: int, _amount: int) -> None:
    """For good, or as long as money that pays the instalment stands."""
    charge = story.principal(one)
    books, payments = story.office.books, story.office.payments
    paying = [
        payments[one.tender_id] if one.tender_id else books.payment_of(books.credits[one.credit_id or 0])
        for one in books.standing_settlements(charge)
        if one.decision_id is None
    ]
    story.office.waive(charge, paying[0] if paying and two % 2 else None)


def transfer(story: Story, one: int, two: int, amount: int) -> None:
    """A part of what is left, or all of it, to the other debtor."""
    charge = story.principal(one)
    left = story.office.books.left(charge)
    if left:
        share = left if amount % 2 else 1 + amount % left
        story.office.transfer(charge, 3 - charge.account_id, share, penalty_too=bool(two % 2))


def reallocate(story: Story, one: int, two: int, amount: int) -> None:
    source, target = story.principal(one), story.principal(two)
    most = min(story.office.paid(source), story.office.books.left(target))
    if source != target and most:
        story.office.reallocate(source, target, 1 + amount % most)


def correct_value_day(story: Story, one: int, two: int, _amount: int) -> None:
    office = story.office
    tenders = [tender for tender in office.payments if tender not in office.returned]
    if tenders:
        tender = tenders[one % len(tenders)]
        office.correct_value_day(tender, max(BEGINS, office.booked[tender] - timedelta(days=two % 60)))


ORDERS: Sequence[Callable[[Story, int, int, int], None]] = (
    issue, pay, pay, pay, advance, come_back, never_owed, postpone, suspend, end, write_off,
    waive, transfer, reallocate, correct_value_day,
)  # fmt: skip

numbers = st.integers(0, 1_000)
amounts = st.integers(2, 5_000_00)
orders = st.tuples(st.integers(0, 45), st.sampled_from(ORDERS), numbers, numbers, amounts)


@pytest.mark.parametrize(
    ("length", "histories"),
    [
        (4, 150),
        pytest.param(25, 150, marks=pytest.mark.slow),
        pytest.param(40, 5_000, marks=pytest.mark.deep),
    ],
)
def test_books_stay_in_order(length: int, histories: int) -> None:
    @settings(max_examples=histories, deadline=None)
    @given(st.lists(orders, min_size=1, max_size=length), numbers, numbers, amounts)
    def whatever_happens(
        history: list[tuple[int, Callable[[Story, int, int, int], None], int, int, int]],
        one: int,
        two: int,
        amount: int,
    ) -> None:
        story = Story()
        issue(story, one, two, amount)
        for days, order, *facts in history:
            if days:
                remember(story)
                story.office.on(story.office.today + timedelta(days=days))
                # What is held pays what has fallen due with the next order on the account.
                story.office.settle_and_write()
            order(story, *facts)
            ensure_in_order(story.office)
            ensure_remembered(story)

    whatever_happens()


def remember(story: Story) -> None:
    """What is known at the end of a day, of that day, of one gone by and of one to come; two hundred answers in all."""
    known = story.office.today
    for bill in story.office.books.bills.values():
        for on in (known - timedelta(days=20), known, known + timedelta(days=45)):
            if len(story.asked) < 200:
                story.asked[bill.id, on, known] = standing(bill, on, known)


def ensure_remembered(story: Story) -> None:
    """As known on a day never changes by what is booked after it."""
    bills = story.office.books.bills
    for (bill_id, on, known), answer in story.asked.items():
        assert standing(bills[bill_id], on, known) == answer


def ensure_in_order(office: Office) -> None:
    """What has to hold after every order."""
    for bill in office.books.bills.values():
        for charge in bill.charges:
            ensure_settled_rightly(office, bill, charge)
        for principal in bill.charges:
            if principal.kind == PRINCIPAL:
                ensure_penalty_within_accrued(office, bill, principal)
    ensure_money_is_all_there(office)
    ensure_ledger_says_so(office)
    ensure_nothing_waits(office)
    settle_up(office.books, office.books.accounts)
    assert not office.books.added


def ensure_settled_rightly(office: Office, bill: BillFacts, charge: ChargeFact) -> None:
    """Never below zero, on no value day; each settlement counts from the day it must; reversals mirror."""
    books, settled = office.books, bill.settlements_of(charge.id, office.today)
    assert 0 <= books.left(charge) <= charge.amount
    assert 0 <= bill.written_off(charge, office.today) <= charge.amount - books.left(charge)
    by_day: Counter[date] = Counter()
    for one in settled:
        by_day[one.value_on] += one.amount
        assert one.value_on <= one.booked_on
        if one.tender_id is not None:
            assert one.value_on == max(books.tenders[one.tender_id].value_on, charge.value_on)
        elif one.credit_id is not None:
            assert one.value_on == max(books.credits[one.credit_id].value_on, charge.value_on)
            assert books.credits[one.credit_id].account_id == charge.account_id
        elif one.decision_kind in NEVER_OWED:
            assert one.value_on == charge.value_on
        if one.reverses is None:
            assert books.net(one) >= 0
        else:
            original = next(each for each in bill.settlements if each.id == one.reverses)
            assert (original.charge_id, original.value_on) == (one.charge_id, one.value_on)
    left = charge.amount
    for day in sorted(by_day):
        left -= by_day[day]
        assert 0 <= left <= charge.amount, day


def ensure_penalty_within_accrued(office: Office, bill: BillFacts, principal: ChargeFact) -> None:
    """By day never above what accrued; and none to be booked on what is settled."""
    booked = moved = 0
    for penalty in reckoned_penalties(bill, principal, office.today):
        assert penalty.accrued_to is not None
        booked += net_amount(bill, penalty, office.today)
        # What was moved to another account stays there until that is decided.
        moved += net_amount(bill, penalty, office.today) - office.books.room(penalty)
        assert 0 <= booked <= accrued_by(bill, principal, penalty.accrued_to, office.today) + moved
    if not office.books.left(principal):
        assert office.of(principal).accrued == 0


def ensure_money_is_all_there(office: Office) -> None:
    """Of each tender all is used or held, or nothing once it went back; no credit is used beyond what it is."""
    books = office.books
    found: Counter[int] = Counter()
    for bill in books.bills.values():
        for one in bill.settlements:
            if one.tender_id is not None:
                found[one.tender_id] += one.amount
    for lot in books.credits.values():
        assert 0 <= books.lot_left(lot) <= lot.amount
        tender_id = lot.tender_id or office.value_days[lot.decision_id or 0]
        # Handed back, or held anew from another day.
        gone = sum(move.amount for move in books.moves.get(lot.id, ()) if move.kind in ("returned", "moved"))
        found[tender_id] += lot.amount - gone
    for tender, amount in office.amounts.items():
        assert found[tender] == (0 if tender in office.returned else amount)
    for bill in books.bills.values():
        for one in bill.settlements:
            kept = one.decision_kind in ("rebate", "rounding") or (
                one.decision_kind == "waiver" and one.payment_id is not None
            )
            if kept and one.reverses is None and books.net(one):
                # It stands only while the payment that occasioned it does, in some part.
                assert any(
                    payment == one.payment_id and tender not in office.returned
                    for tender, payment in office.payments.items()
                )


def ensure_ledger_says_so(office: Office) -> None:
    """Receivable is what is left, credits are what is held, and all of it balances."""
    books, ledger = office.books, office.ledger
    charges = [charge for bill in books.bills.values() for charge in bill.charges]
    assert ledger["receivable:TSC"] == sum(books.left(charge) for charge in charges)
    assert ledger["credit"] == -sum(books.lot_left(lot) for lot in books.credits.values())
    assert ledger["money"] == sum(
        amount for tender, amount in office.amounts.items() if tender not in office.returned
    )
    assert sum(ledger.values()) == 0
    assert ledger["written_off:TSC"] == sum(
        one.amount
        for bill in books.bills.values()
        for one in bill.settlements
        if one.decision_kind == WRITE_OFF
    )
    # What moved to another account was no income a second time.
    assert ledger["penalty:TSC"] == -sum(
        net_amount(books.bills[charge.bill_id], charge, office.today)
        - (charge.amount if charge.against == "transfer" else 0)
        for charge in charges
        if charge.kind == PENALTY
    )


def ensure_nothing_waits(office: Office) -> None:
    """No free credit lies beside what is due on its account, unless that rests."""
    for account in office.books.accounts:
        if not office.credit(account):
            continue
        for bill in office.books.bills_with(account):
            for one in standing(bill, office.today, office.today):
                if one.due_on <= office.today and one.charge.account_id == account:
                    assert one.left + one.penalty <= one.suspended
