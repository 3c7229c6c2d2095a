"""Texts have their size and colour wherever they are, and change colour with the look."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QPalette
from pytestqt.qtbot import QtBot

from muniadmin.desktop.theme import DARK, LIGHT, Scheme, Tone, theme
from muniadmin.desktop.widgets.labels import Role, Text


@pytest.fixture(autouse=True)
def _light_again() -> Iterator[None]:
    theme().apply(Scheme.LIGHT)
    yield
    theme().apply(Scheme.LIGHT)


def ink(text: Text) -> str:
    """The colour in which it is drawn."""
    return text.palette().color(QPalette.ColorRole.WindowText).name().upper()


def test_every_role_has_its_colour_in_either_look(qtbot: QtBot) -> None:
    texts = {role: Text("Due", role) for role in Role}
    for text in texts.values():
        qtbot.addWidget(text)
    for tokens, scheme in ((LIGHT, Scheme.LIGHT), (DARK, Scheme.DARK), (LIGHT, Scheme.LIGHT)):
        theme().apply(scheme)
        assert ink(texts[Role.BODY]) == ink(texts[Role.TITLE]) == tokens.text
        assert ink(texts[Role.SECONDARY]) == ink(texts[Role.MUTED]) == tokens.muted
        assert ink(texts[Role.BAD]) == ink(texts[Role.ERROR]) == tokens.bad


def test_a_state_that_is_over_leaves_no_colour(qtbot: QtBot) -> None:
    text = Text("+3 %", Role.SECONDARY)
    qtbot.addWidget(text)
    text.set_tone(Tone.BAD)
    theme().apply(Scheme.DARK)
    assert ink(text) == DARK.bad
    text.set_tone(Tone.NEUTRAL)
    assert ink(text) == DARK.muted


def test_an_amount_is_larger_than_what_stands_beside_it(qtbot: QtBot) -> None:
    amount, words = Text("120", Role.AMOUNT), Text("MAD", Role.UNIT)
    for text in (amount, words):
        qtbot.addWidget(text)
    words.set_role(Role.SMALL)
    assert amount.font().pixelSize() == 35
    assert words.font().pixelSize() == 11
    assert amount.sizeHint().height() > 2 * words.sizeHint().height()
