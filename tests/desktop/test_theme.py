"""Colours that can be read, in both schemes, for every municipality's accent."""

import pytest

from muniadmin.desktop.theme import DARK, LIGHT, Tokens, Tone, contrast, with_accent
from muniadmin.settings.profile import load_profile, profile_codes

READABLE = 4.5


def schemes() -> list[Tokens]:
    """Light and dark with the accent of every shipped profile, and of some that would be hard to read."""
    accents = [load_profile(code).accent for code in profile_codes()]
    accents += [("#FFD400", "#FFD400"), ("#000000", "#101010"), ("#FF0000", "#400000")]
    return [with_accent(tokens, accent[n]) for accent in accents for n, tokens in enumerate((LIGHT, DARK))]


@pytest.mark.parametrize("tokens", schemes())
def test_every_text_can_be_read_where_it_stands(tokens: Tokens) -> None:
    for ink in (tokens.text, tokens.muted, tokens.accent):
        for ground in (tokens.surface, tokens.background):
            assert contrast(ink, ground) >= READABLE
    assert contrast(tokens.text, tokens.sunken) >= READABLE
    assert contrast(tokens.on_accent, tokens.accent) >= READABLE
    assert contrast(tokens.accent, tokens.accent_weak) >= READABLE
    for tone in Tone:
        assert contrast(tokens.strong(tone), tokens.weak(tone)) >= READABLE
        assert contrast(tokens.strong(tone), tokens.surface) >= READABLE


def test_the_accent_of_fes_is_the_one_of_the_design() -> None:
    assert with_accent(LIGHT, "#0B6B57") == LIGHT
    assert with_accent(DARK, "#4DB79C") == DARK
