"""What an entry is, and what the days of rows are in truth."""

from datetime import date

import pytest

from muniadmin.ledger.errors import EntryDoesNotBalance
from muniadmin.ledger.rules import BusinessDays, Line, TakenBack, ensure_balanced


@pytest.mark.parametrize("amount", [99_99, 100_01, -100_00, 0])
def test_an_entry_whose_sides_differ_is_refused_whichever_is_more(amount: int) -> None:
    ensure_balanced([Line("cash:1", 100_00), Line("receivable:TSC", -60_00), Line("credit", -40_00)])
    with pytest.raises(EntryDoesNotBalance):
        ensure_balanced([Line("cash:1", amount), Line("receivable:TSC", -100_00)])


@pytest.mark.parametrize(
    ("row_id", "day", "truly"),
    [
        (7, date(2027, 12, 1), date(2027, 1, 5)),  # written before both were taken back
        (8, date(2027, 12, 1), date(2027, 2, 9)),  # between them
        (9, date(2027, 12, 1), date(2027, 2, 9)),
        (10, date(2027, 12, 1), date(2027, 12, 1)),  # of the day that came in earnest
        (7, date(2027, 1, 4), date(2027, 1, 4)),  # an earlier day stays
    ],
)
def test_a_row_counts_from_the_first_day_on_which_its_day_was_taken_back(
    row_id: int, day: date, truly: date
) -> None:
    """A clock was ahead twice; rows up to 7 and up to 9 had been written by then."""
    taken_back = [TakenBack(date(2027, 1, 5), {"charge": 7}), TakenBack(date(2027, 2, 9), {"charge": 9})]
    assert BusinessDays(date(2027, 12, 1), taken_back).truly(day, "charge", row_id) == truly
