"""What decisions do to the books: penalty is booked before it is given up, debts and money move. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from muniadmin.billing.books import Books
from muniadmin.billing.facts import ChargeFact, SettlementFact
from muniadmin.billing.standing import unbooked


def book_accrued(books: Books, charge: ChargeFact, on: date | None = None) -> None:
    """Books what has accrued on a principal by a day (None: today), before a decision changes what it accrues on."""
    bill, day = books.bills[charge.bill_id], on or books.today
    accrued = unbooked(bill, charge, day, books.today)
    if accrued:
        books.book_penalty(
            charge, accrued, day, f"{books.left(charge)} {bill.due_on(charge, books.today)} {day}"
        )


def penalties_left(books: Books, charge: ChargeFact) -> dict[ChargeFact, int]:
    """The penalties booked on a principal of which something is left, and how much."""
    penalties = books.bills[charge.bill_id].penalties_on(charge.id, books.today)
    return {one: left for one in penalties if (left := books.left(one)) > 0}


def all_left(books: Books, charge: ChargeFact) -> dict[ChargeFact, int]:
    """What is left of an instalment and of the penalties booked on it, these first."""
    found = penalties_left(books, charge)
    if (left := books.left(charge)) > 0:
        found[charge] = left
    return found


def give_up(
    books: Books,
    amounts: Mapping[ChargeFact, int],
    decision: tuple[int, str],
    payment_id: int | None = None,
) -> int:
    """Settles amounts of charges by a decision, as of today; their sum. ``payment_id``: it stands only while that
    payment stands."""
    for charge, amount in amounts.items():
        books.settle(charge, amount, books.today, decision=decision, payment_id=payment_id)
    return sum(amounts.values())


def move_debt(
    books: Books,
    charge: ChargeFact,
    shares: Mapping[int, int],
    decision: tuple[int, str],
    *,
    penalty_too: bool = False,
) -> None:
    """Moves what is left of a charge to other accounts: {account: amount}, no more than is left in all. Penalty that
    has accrued by today stays, or moves in proportion."""
    left = books.left(charge)
    book_accrued(books, charge)
    penalties = penalties_left(books, charge) if penalty_too else {}
    due_on = books.bills[charge.bill_id].due_on(charge, books.today)
    moved = 0
    for account_id, share in shares.items():
        books.settle(charge, share, books.today, decision=decision)
        new = books.add_charge(
            replace(
                charge,
                account_id=account_id,
                due_on=due_on,
                amount=share,
                booked_on=books.today,
                value_on=books.today,
                against="transfer",
                accrues_after=books.today,
            )
        )
        for penalty, owed in penalties.items():
            # Of all that is left nothing is lost by rounding.
            part = owed * (moved + share) // left - owed * moved // left
            if part > 0:
                books.settle(penalty, part, books.today, decision=decision)
                books.add_charge(
                    replace(
                        penalty,
                        account_id=account_id,
                        amount=part,
                        booked_on=books.today,
                        against="transfer",
                        on_charge=new.id,
                    )
                )
        moved += share


def money_on(books: Books, charge: ChargeFact) -> list[SettlementFact]:
    """The settlements of a charge by money that was received for it, in the order of booking."""
    return [one for one in books.standing_settlements(charge) if one.tender_id is not None]


def move_money(books: Books, source: ChargeFact, target: ChargeFact, amount: int) -> None:
    """Has money that paid ``source`` pay ``target``, as of the day for which it counts, the latest first; ``amount`` is
    neither more than that money nor than what is left of the target. What its payment had saved or had waived on the
    first is owed again."""
    payments = set()
    for settlement in reversed(money_on(books, source)):
        part = min(amount, books.net(settlement))
        if settlement.tender_id is not None and part > 0:
            value_on = books.tenders[settlement.tender_id].value_on
            books.reverse(settlement, part)
            book_accrued(books, target, value_on)
            books.settle(
                target, part, value_on, tender_id=settlement.tender_id, payment_id=settlement.payment_id
            )
            payments.add(settlement.payment_id)
            amount -= part
    for charge in (source, *books.bills[source.bill_id].penalties_on(source.id, books.today)):
        for settlement in books.standing_settlements(charge):
            if settlement.decision_id is not None and settlement.payment_id in payments - {None}:
                books.reverse(settlement, books.net(settlement))
