"""The head of a page: where there is no room beside the title, chips stand below and are read whole."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from muniadmin.desktop.theme import CONTROL
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.chips import Chip
from muniadmin.desktop.widgets.header import PageHeader


def test_chips_are_never_cut(qtbot: QtBot) -> None:
    header = PageHeader("Indicateurs")
    qtbot.addWidget(header)
    chips = [Chip(text, arrow=True) for text in ("Exercice 2026", "Comparer à 2025", "Toutes les zones")]
    for chip in chips:
        header.add_chip(chip)
    button = Button("Rapport PDF")
    header.add_action(button)
    header.show()

    def places() -> list[QRect]:
        return [chip.rect().translated(chip.mapTo(header, QPoint())) for chip in chips]

    def are_whole() -> bool:
        wide = all(chip.width() == chip.sizeHint().width() for chip in chips)
        return wide and all(header.rect().contains(place) for place in places())

    def lines(width: int) -> set[int]:
        header.resize(width, header.height())
        qtbot.waitUntil(are_whole)
        return {place.center().y() // CONTROL for place in places()}

    assert lines(1100) == {0}
    assert lines(480) == {1}
    # A word that grows moves them as well, and there is room again when it shrinks.
    assert lines(1100) == {0}
    chips[0].set_text(
        "Du 1er janvier au 31 décembre 2026, mois de novembre compris, et tous les exercices d’avant"
    )
    assert lines(1100) == {1}
    chips[0].set_text("2026")
    assert lines(1100) == {0}


def test_chips_that_grow_where_they_stood_on_one_line_go_below(qtbot: QtBot) -> None:
    header = PageHeader("Indicateurs")
    qtbot.addWidget(header)
    chips = [Chip(text, arrow=True) for text in ("2026", "à 2025", "zones")]
    for chip in chips:
        header.add_chip(chip)
    buttons = [Button("Rapport PDF"), Button("XLSX"), Button("Plein écran", key="F11")]
    for button in buttons:
        header.add_action(button)

    def settle() -> None:
        for _round in range(3):
            QApplication.processEvents()

    header.resize(776, header.height())
    header.show()
    settle()
    for shown in (False, True):  # as while the rows behind a figure are in front
        for part in (*chips, *buttons[:2]):
            part.setVisible(shown)
        settle()
    assert header.height() == CONTROL
    for chip, text in zip(chips, ("Trimestre 2 de 2026", "Comparer à T2 2025", "Agdal"), strict=True):
        chip.set_text(text)
    settle()
    assert header.height() > CONTROL
    assert all(chip.width() == chip.sizeHint().width() for chip in chips)
    assert all(chip.isVisible() for chip in chips)
