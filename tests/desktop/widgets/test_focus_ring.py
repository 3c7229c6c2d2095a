"""What has the keyboard is seen, whatever grows around it."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from muniadmin.desktop.widgets.cards import Scroller
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.focus_ring import FocusRing
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.kernel.errors import DatabaseBusy


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """Eight fields in a window with room for five of them, and a strip above that is not there yet."""
    made = QWidget()
    form = Form()
    for number in range(8):
        form.add(f"field{number}", Field(f"Field {number}", TextField(f"Field {number}")))
    scroller = Scroller(form)
    strip = QWidget()
    strip.setObjectName("strip")
    strip.setFixedHeight(60)
    strip.hide()
    layout = QVBoxLayout(made)
    layout.addWidget(strip)
    layout.addWidget(scroller)
    made.ring = FocusRing(made)  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(400, 360)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def in_sight(field: TextField) -> bool:
    return field.visibleRegion().boundingRect() == field.rect()


def test_a_field_stays_in_sight_when_words_come_above_it(window: QWidget, qtbot: QtBot) -> None:
    fields = window.findChildren(Field)
    last = fields[4].control
    assert isinstance(last, TextField)
    last.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: in_sight(last))
    form = window.findChild(Form)
    assert form is not None
    top = last.mapTo(form, QPoint(0, 0)).y()
    for field in fields[:4]:
        field.show_problem(DatabaseBusy())
    qtbot.waitUntil(lambda: last.mapTo(form, QPoint(0, 0)).y() > top + 60)
    qtbot.wait(50)
    assert in_sight(last)


def test_a_field_stays_in_sight_when_its_place_shrinks(window: QWidget, qtbot: QtBot) -> None:
    last = window.findChildren(Field)[-1].control
    assert isinstance(last, TextField)
    last.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: in_sight(last))
    strip = window.findChild(QWidget, "strip")
    assert strip is not None
    strip.show()
    qtbot.waitUntil(lambda: in_sight(last))
    qtbot.wait(50)
    assert in_sight(last)
    assert strip.isVisible()
