"""What cannot be read is found: on every picture of the gallery nothing, and each kind of it where it was made."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from muniadmin.desktop.legibility import illegible
from muniadmin.desktop.theme import Scheme, Tone, theme
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.chips import Chip
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.fields import ComboBox, TextField
from muniadmin.desktop.widgets.labels import ElidedText, Pill, Text
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.kernel.permissions import Role
from tests.desktop.conftest import Screen

_LONG = "Taxe d’occupation temporaire du domaine public communal"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("languages", "sizes"),
    [
        ("fr", "1024x700"),
        pytest.param("en", "1024x700", marks=pytest.mark.deep),
        pytest.param("fr,en", "1366x768", marks=pytest.mark.deep),
        pytest.param("fr,en", "1920x1080", marks=pytest.mark.deep),
        pytest.param("fr,en", "1920x1080@150", marks=pytest.mark.deep),
    ],
)
def test_everything_in_the_gallery_can_be_read(tmp_path: Path, languages: str, sizes: str) -> None:
    wanted = ["--out", str(tmp_path), "--languages", languages, "--themes", "light", "--sizes", sizes]
    drawn = subprocess.run(
        [sys.executable, "-m", "muniadmin.desktop.gallery", *wanted],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert drawn.returncode == 0, drawn.stdout + drawn.stderr
    pictures = list(tmp_path.rglob("*.png"))
    assert len(pictures) >= 80 * len(languages.split(","))


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[..., list[str]]:
    """What is found of parts side by side in a window so wide."""

    theme().apply(Scheme.LIGHT)

    def show(*parts: QWidget, width: int = 160, height: int = 60) -> list[str]:
        window = QWidget()
        line = QHBoxLayout(window)
        line.setContentsMargins(0, 0, 0, 0)
        for part in parts:
            line.addWidget(part)
        qtbot.addWidget(window)
        # A window manager does not ask what a layout needs at the least.
        line.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        window.setGeometry(QRect(0, 0, width, height))
        window.show()
        QApplication.processEvents()
        return illegible(window)

    return show


def test_a_text_that_fits_is_no_finding(shown: Callable[..., list[str]]) -> None:
    assert shown(Text("Taxe"), Button("Payer"), width=200) == []
    assert shown(Text(_LONG, wrap=True), height=120) == []
    assert shown(ElidedText(_LONG)) == []  # the tool tip tells the rest
    assert shown(Text("Enregistrement…")) == []


@pytest.mark.parametrize(
    "part",
    [Text, Button, Chip, Pill],
)
def test_words_that_grow_too_long_are_found(
    shown: Callable[..., list[str]], part: Callable[[str], QWidget]
) -> None:
    assert shown(part("Taxe")) == []
    made = part(_LONG)
    made.setMinimumWidth(10)
    made.setMaximumWidth(120)
    assert any("is cut" in problem or "incomplete" in problem for problem in shown(made))


def test_a_longer_word_on_a_page_is_found(signed_in: Callable[[Role], Screen]) -> None:
    screen = signed_in(Role.CLERK)
    screen.frame.go("counter")
    screen.settle()
    assert illegible(screen.page) == []
    button = screen.page.findChildren(Button)[0]
    button.setMaximumWidth(button.width())
    button.set_text(_LONG)
    screen.settle()
    assert any(_LONG in problem and "is cut" in problem for problem in illegible(screen.page))


def test_a_figure_is_never_left_out(shown: Callable[..., list[str]]) -> None:
    (problem,) = shown(ElidedText("12 dettes cochées, dont 25 385,85 de pénalités"))
    assert "leaves a figure out" in problem
    assert shown(TextField("Nom", placeholder=_LONG))
    choice = ComboBox("Nature", [("a", _LONG)])
    choice.setMinimumWidth(50)
    assert shown(choice) == []  # its tool tip tells the rest
    amounts = ComboBox("Montant", [("a", "Restes de l’exercice passé : 1 250,00")])
    amounts.setMinimumWidth(50)
    assert shown(amounts)


def test_cells_may_end_early_where_they_are_words_only(qtbot: QtBot) -> None:
    def table(*columns: Column[tuple[str, str]]) -> list[str]:
        made = RowTable("legibility", "Essai", columns, key=lambda row: row[0])
        qtbot.addWidget(made)
        made.set_source(ListSource([(_LONG, "1 204 500,00")]))
        made.resize(330, 200)
        made.show()
        qtbot.waitUntil(lambda: made.model.row(0) is not None)
        QApplication.processEvents()
        made.view.setColumnWidth(1, 70)
        QApplication.processEvents()
        return illegible(made)

    words: Column[tuple[str, str]] = Column("words", "Objet", lambda row: row[0], stretch=True)
    figure: Column[tuple[str, str]] = Column("due", "Dû", lambda row: row[1], number=True)
    pill: Column[tuple[str, str]] = Column(
        "state", "État", lambda _row: "en retard de paiement", pill=lambda _row: Tone.GOOD
    )
    assert table(words) == []
    (problem,) = table(words, figure)
    assert "1 204" in problem
    assert "incomplete" in problem
    assert any("QWidget in RowView" in problem for problem in table(words, pill))
    long_title: Column[tuple[str, str]] = Column("long", "Matière imposable", lambda _row: "")
    assert any("Header" in problem for problem in table(words, long_title))


def test_what_lies_over_another_or_outside_is_found(shown: Callable[..., list[str]]) -> None:
    place = QWidget()
    one, other = Text("Montant", parent=place), Text("Solde", parent=place)
    one.setGeometry(0, 0, 80, 20)
    other.setGeometry(70, 0, 60, 20)
    assert any("lies over" in problem for problem in shown(place))
    place = QWidget()
    Text("Solde", parent=place).setGeometry(140, 0, 60, 20)
    assert any("is not within" in problem for problem in shown(place))


def test_what_scrolls_sideways_is_found(shown: Callable[..., list[str]]) -> None:
    area = QScrollArea()
    wide = QWidget()
    wide.setMinimumWidth(400)
    area.setWidget(wide)
    assert any("scrolls sideways" in problem for problem in shown(area))


def test_a_dialog_fits_the_screen_and_does_not_scroll_without_need(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = Dialog(parent, "Clôturer la caisse", Text(_LONG, wrap=True))
    dialog.open()
    QApplication.processEvents()
    assert illegible(dialog) == []
    dialog.resize(dialog.width(), dialog.height() - 40)
    assert any("although the screen has room" in problem for problem in illegible(dialog))
    dialog.setMinimumWidth(dialog.screen().availableGeometry().width() + 10)
    QApplication.processEvents()
    assert any("on a screen of" in problem for problem in illegible(dialog))
    dialog.done(0)
