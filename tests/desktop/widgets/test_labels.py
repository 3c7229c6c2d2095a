"""Texts have their size and colour wherever they are, and change colour with the look."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from muniadmin.desktop.theme import DARK, LIGHT, Scheme, Tone, theme
from muniadmin.desktop.widgets.labels import Role, Text


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    """A window as the program has them."""
    theme().apply(Scheme.LIGHT)
    made = QWidget()
    made.setLayout(QVBoxLayout())
    qtbot.addWidget(made)
    theme().dress(made)
    yield made
    theme().apply(Scheme.LIGHT)


def put(window: QWidget, text: Text) -> Text:
    """The text, in the window."""
    layout = window.layout()
    assert layout is not None
    layout.addWidget(text)
    return text


def ink(text: Text) -> str:
    """The colour in which it is drawn."""
    return text.palette().color(QPalette.ColorRole.WindowText).name().upper()


def test_every_role_has_its_colour_in_either_look(window: QWidget) -> None:
    texts = {role: put(window, Text("Due", role)) for role in Role}
    for tokens, scheme in ((LIGHT, Scheme.LIGHT), (DARK, Scheme.DARK), (LIGHT, Scheme.LIGHT)):
        theme().apply(scheme)
        assert ink(texts[Role.BODY]) == ink(texts[Role.TITLE]) == tokens.text
        assert ink(texts[Role.SECONDARY]) == ink(texts[Role.MUTED]) == tokens.muted
        assert ink(texts[Role.BAD]) == ink(texts[Role.ERROR]) == tokens.bad


def test_a_state_that_is_over_leaves_no_colour(window: QWidget) -> None:
    text = put(window, Text("+3 %", Role.SECONDARY))
    text.set_tone(Tone.BAD)
    theme().apply(Scheme.DARK)
    assert ink(text) == DARK.bad
    text.set_tone(Tone.NEUTRAL)
    assert ink(text) == DARK.muted


def test_what_was_made_before_another_look_comes_into_its_window_in_that_look(window: QWidget) -> None:
    text = Text("Due", Role.MUTED)
    theme().apply(Scheme.DARK)
    assert ink(put(window, text)) == DARK.muted


def test_an_amount_is_larger_than_what_stands_beside_it(window: QWidget) -> None:
    amount, words = put(window, Text("120", Role.AMOUNT)), put(window, Text("MAD", Role.UNIT))
    words.set_role(Role.SMALL)
    assert amount.font().pixelSize() == 35
    assert words.font().pixelSize() == 11
    assert amount.sizeHint().height() > 2 * words.sizeHint().height()


def test_a_text_made_in_its_window_has_its_colour(window: QWidget) -> None:
    assert ink(Text("Late", Role.BAD, parent=window)) == LIGHT.bad
