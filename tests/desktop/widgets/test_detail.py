"""Label and value rows: what gives way where there is little room."""

from pytestqt.qtbot import QtBot

from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.labels import Text


def test_a_long_label_never_cuts_the_amount_beside_it(qtbot: QtBot) -> None:
    rows = DefinitionRows([("Admis en non-valeur, peut encore être payé", "11 385,37")])
    qtbot.addWidget(rows)
    rows.resize(200, 40)
    rows.show()
    label, amount = rows.findChildren(Text)
    assert amount.width() >= amount.fontMetrics().horizontalAdvance(amount.text())
    assert label.width() < label.fontMetrics().horizontalAdvance(label.text())
