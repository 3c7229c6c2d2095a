"""Names are found without accents, case or Arabic spelling variants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.kernel.folding import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Éloïse  EL-Fassi", "eloise el fassi"),
        ("BŒUF & Cie", "boeuf cie"),
        ("أمينة", "امينه"),
        ("مُحَمَّد", "محمد"),
        ("Łukasz Øre", "lukasz ore"),
    ],
)
def test_spellings_that_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
