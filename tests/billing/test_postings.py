"""What each row means in the ledger."""

from datetime import date

import pytest

from muniadmin.billing.books import Added
from muniadmin.billing.facts import ChargeFact, CreditFact, MoveFact, SettlementFact
from muniadmin.billing.postings import postings
from muniadmin.ledger.rules import Line

DAY = date(2027, 3, 1)


def a_charge(
    row_id: int = 1, kind: str = "principal", against: str = "revenue", account: int = 7
) -> ChargeFact:
    """100.00 on bill 5."""
    of_penalty = kind == "penalty"
    return ChargeFact(row_id, 5, account, "TSC", kind, 1, DAY, 100_00, DAY, DAY, against,
                      on_charge=1 if of_penalty else None, accrued_to=DAY if of_penalty else None)  # fmt: skip


def settled_by(kind: str, charge: ChargeFact, *, first: ChargeFact | None = None) -> dict[str, int]:
    """The postings of 100.00 of a charge settled by a decision."""
    one = SettlementFact(9, charge.id, 100_00, DAY, DAY, decision_id=3, decision_kind=kind)
    charges = {each.id: each for each in (first or charge, charge)}
    return totals(postings(Added(settlements=[one]), charges, {}))


def totals(lines: list[Line]) -> dict[str, int]:
    """By ledger account."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.account] = found.get(line.account, 0) + line.amount
    return found


@pytest.mark.parametrize(
    ("kind", "against", "contra"),
    [
        ("principal", "revenue", "revenue:TSC"),
        ("penalty", "penalty", "penalty:TSC"),
        ("cost", "revenue", "revenue:TSC"),
        # A charge certificate's increase: an act's, not a day's.
        ("cost", "penalty", "penalty:TSC"),
        ("principal", "opening", "opening"),
    ],
)
def test_what_is_charged(kind: str, against: str, contra: str) -> None:
    charge = a_charge(kind=kind, against=against)
    assert postings(Added(charges=[charge]), {1: charge}, {}) == [
        Line("receivable:TSC", 100_00, 7, 5),
        Line(contra, -100_00, 7, 5),
    ]


@pytest.mark.parametrize("kind", ["credit_note", "annulment", "late_fact"])
@pytest.mark.parametrize(
    ("charge", "contra"),
    [
        (a_charge(), "revenue:TSC"),
        (a_charge(kind="penalty", against="penalty"), "penalty:TSC"),
        (a_charge(kind="cost", against="penalty"), "penalty:TSC"),
        (a_charge(against="opening"), "opening"),
        # What was taken over was never our income, whatever it is.
        (a_charge(kind="penalty", against="opening"), "opening"),
    ],
)
def test_what_was_never_owed_is_taken_off_where_it_was_recognised(
    kind: str, charge: ChargeFact, contra: str
) -> None:
    assert settled_by(kind, charge) == {"receivable:TSC": -100_00, contra: 100_00}


@pytest.mark.parametrize(("against", "contra"), [("revenue", "revenue:TSC"), ("opening", "opening")])
def test_what_was_moved_is_taken_off_where_the_debt_came_from(against: str, contra: str) -> None:
    moved = a_charge(2, against="transfer", account=8)
    assert settled_by("credit_note", moved, first=a_charge(against=against)) == {
        "receivable:TSC": -100_00, contra: 100_00,
    }  # fmt: skip


@pytest.mark.parametrize(("against", "contra"), [("penalty", "penalty:TSC"), ("opening", "opening")])
def test_moved_penalty_is_taken_off_where_it_came_from(against: str, contra: str) -> None:
    # On a bill that was taken over with its penalty, or on which penalty was reckoned here.
    principal = a_charge(1, against="opening")
    first = a_charge(2, "penalty", against=against)
    moved = a_charge(3, "penalty", against="transfer", account=8)
    one = SettlementFact(9, 3, 100_00, DAY, DAY, decision_id=3, decision_kind="credit_note")
    charges = {each.id: each for each in (principal, first, moved)}
    assert totals(postings(Added(settlements=[one]), charges, {})) == {
        "receivable:TSC": -100_00, contra: 100_00,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "contra"),
    [
        ("rebate", "rebate:TSC"),
        ("waiver", "waived:TSC"),
        ("write_off", "written_off:TSC"),
        ("rounding", "rounding"),
    ],
)
def test_what_is_given_up_leaves_revenue_alone(kind: str, contra: str) -> None:
    assert settled_by(kind, a_charge()) == {"receivable:TSC": -100_00, contra: 100_00}


def test_a_transfer_touches_only_what_the_two_owe() -> None:
    old, new = a_charge(), a_charge(2, against="transfer", account=8)
    moved = SettlementFact(9, 1, 100_00, DAY, DAY, decision_id=3, decision_kind="transfer")
    assert postings(Added(charges=[new], settlements=[moved]), {1: old, 2: new}, {}) == [
        Line("receivable:TSC", 100_00, 8, 5),
        Line("receivable:TSC", -100_00, 7, 5),
    ]


def test_money_settles_and_is_held() -> None:
    charge = a_charge()
    added = Added(
        settlements=[SettlementFact(9, 1, 60_00, DAY, DAY, tender_id=4)],
        credits=[CreditFact(2, 7, 40_00, DAY, DAY, tender_id=4)],
    )
    lines = postings(added, {1: charge}, {2: added.credits[0]})
    assert lines == [Line("receivable:TSC", -60_00, 7, 5), Line("credit", -40_00, 7, None)]
    # The money received is what they lack.
    assert sum(line.amount for line in lines) == -100_00


@pytest.mark.parametrize(
    ("kind", "amount", "settlement", "expected"),
    [
        ("used", 30_00, 9, {"credit": 30_00}),
        ("taken_back", -30_00, 9, {"credit": -30_00}),
        ("moved", 30_00, None, {"credit": 30_00}),
        ("returned", 30_00, None, {"credit": 30_00}),
        ("lapsed", 30_00, None, {"credit": 30_00, "lapsed": -30_00}),
        # Claimed in time after all.
        ("taken_back", -30_00, None, {"credit": -30_00, "lapsed": 30_00}),
    ],
)
def test_what_becomes_of_a_credit(
    kind: str, amount: int, settlement: int | None, expected: dict[str, int]
) -> None:
    lot = CreditFact(2, 7, 40_00, DAY, DAY, tender_id=4)
    move = MoveFact(1, 2, amount, kind, DAY, settlement_id=settlement)
    assert totals(postings(Added(moves=[move]), {}, {2: lot})) == expected


def test_a_credit_taken_over_is_no_income() -> None:
    lot = CreditFact(2, 7, 40_00, DAY, DAY, decision_id=3, decision_kind="opening")
    assert totals(postings(Added(credits=[lot]), {}, {2: lot})) == {"credit": -40_00, "opening": 40_00}


def test_charged_and_settled_stay_apart() -> None:
    charge = a_charge()
    paid = SettlementFact(9, 1, 100_00, DAY, DAY, tender_id=4)
    lines = postings(Added(charges=[charge], settlements=[paid]), {1: charge}, {})
    assert [line.amount for line in lines if line.account == "receivable:TSC"] == [100_00, -100_00]
