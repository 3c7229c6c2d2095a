"""What an entry is."""

import pytest

from muniadmin.ledger.errors import EntryDoesNotBalance
from muniadmin.ledger.rules import Line, ensure_balanced


@pytest.mark.parametrize("amount", [99_99, 100_01, -100_00, 0])
def test_an_entry_whose_sides_differ_is_refused_whichever_is_more(amount: int) -> None:
    ensure_balanced([Line("cash:1", 100_00), Line("receivable:TSC", -60_00), Line("credit", -40_00)])
    with pytest.raises(EntryDoesNotBalance):
        ensure_balanced([Line("cash:1", amount), Line("receivable:TSC", -100_00)])
