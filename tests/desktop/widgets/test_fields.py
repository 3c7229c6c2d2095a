"""Amounts, dates, forms, chips: typed as people type, wrong things said beside the field."""

from datetime import date

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from muniadmin.desktop.shell.main_window import speak
from muniadmin.desktop.widgets.chips import Chip, ChoiceChips
from muniadmin.desktop.widgets.date_edit import DateEdit
from muniadmin.desktop.widgets.fields import ComboBox, PasswordField, SearchField, TextField
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.layouts import FlowBox, column
from muniadmin.desktop.widgets.money_edit import MoneyEdit
from muniadmin.kernel.errors import FieldMissing, InvalidInput, NotFound
from muniadmin.kernel.money import Currency, Money

MAD = Currency("MAD", 2, "DH")
Key = Qt.Key


# Python lets go of what only Qt holds, and Qt then of its children.
_KEPT: list[QWidget] = []


def shown(qtbot: QtBot, *widgets: QWidget) -> QWidget:
    """A window with the widgets in it, in front."""
    window = QWidget()
    window.setLayout(column(*widgets))
    _KEPT.append(window)
    qtbot.addWidget(window)
    window.resize(500, 300)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


class TestMoneyEdit:
    @pytest.mark.parametrize(
        ("typed", "language", "minor", "written"),
        [
            ("1250", "fr", 125000, "1\u00a0250,00"),
            ("1 250,5", "fr", 125050, "1\u00a0250,50"),
            ("1250.50", "fr", 125050, "1\u00a0250,50"),
            ("1,250.50", "en", 125050, "1,250.50"),
        ],
    )
    def test_it_is_written_out_when_left(
        self, qtbot: QtBot, typed: str, language: str, minor: int, written: str
    ) -> None:
        speak(language)
        amount, other = MoneyEdit("Amount", MAD), TextField("Other")
        shown(qtbot, amount, other)
        amount.setFocus()
        qtbot.keyClicks(amount, typed)
        other.setFocus()
        assert amount.money() == Money(minor)
        assert amount.text() == written
        speak("en")

    def test_the_tab_key_marks_the_amount_so_that_typing_replaces_it(self, qtbot: QtBot) -> None:
        other, amount = TextField("Other"), MoneyEdit("Amount", MAD)
        amount.set_money(Money(5000))
        shown(qtbot, other, amount)
        other.setFocus()
        qtbot.keyClick(other, Key.Key_Tab)
        qtbot.keyClicks(amount, "7")
        assert amount.money() == Money(700)

    @pytest.mark.parametrize("typed", ["-5", "- 5,00"])
    def test_less_than_nothing_is_no_amount_and_said_beside_the_field(self, qtbot: QtBot, typed: str) -> None:
        field = Field("Amount", amount := MoneyEdit("Amount", MAD))
        shown(qtbot, field, other := TextField("Other"))
        amount.setFocus()
        qtbot.keyClicks(amount, typed)
        other.setFocus()
        assert amount.money() is None
        assert field.error.text().startswith("The amount cannot be negative.")
        assert not field.check()


class TestDateEdit:
    @pytest.mark.parametrize("typed", ["31/5/26", "31052026", "31-05-2026", "2026-05-31"])
    def test_any_way_of_typing_a_day(self, qtbot: QtBot, typed: str) -> None:
        day, other = DateEdit("Day"), TextField("Other")
        shown(qtbot, day, other)
        day.setFocus()
        qtbot.keyClicks(day, typed)
        other.setFocus()
        assert day.day() == date(2026, 5, 31)
        assert day.text() == "31/05/2026"

    def test_the_arrows_move_by_a_day(self, qtbot: QtBot) -> None:
        day = DateEdit("Day", date(2026, 5, 31))
        shown(qtbot, day)
        qtbot.keyClick(day, Key.Key_Up)
        assert day.day() == date(2026, 6, 1)


def test_ctrl_a_in_an_empty_search_is_about_what_is_listed(qtbot: QtBot) -> None:
    field = SearchField("Search")
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.all_wanted):
        qtbot.keyClick(field, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    field.setText("alaoui")
    with qtbot.assertNotEmitted(field.all_wanted):
        qtbot.keyClick(field, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert field.selectedText() == "alaoui"


def test_a_hint_stays_beside_a_long_placeholder(qtbot: QtBot) -> None:
    """It is all that says what the field is."""
    field = TextField("Payer", hint="Payer", placeholder="Immobilière Belghiti SA Fès-Médina et fils")
    qtbot.addWidget(field)
    field.resize(240, 34)
    field.show()
    end = field.rect().adjusted(field.width() - 60, 2, -2, -2)
    with_hint = field.grab(end).toImage()
    plain = TextField("Payer", placeholder="Immobilière")
    qtbot.addWidget(plain)
    plain.resize(240, 34)
    plain.show()
    assert with_hint != plain.grab(end).toImage()
    assert field.textMargins().right() > 30
    field.setText("Somebody with a very long name who pays for all of the others")
    assert field.textMargins().right() == 0


def test_escape_in_a_search_is_heard_as_typing(qtbot: QtBot) -> None:
    """Whoever waits for the end of typing must not search what is there no more."""
    search = SearchField("Search")
    shown(qtbot, search)
    heard: list[str] = []
    search.textEdited.connect(heard.append)
    qtbot.keyClicks(search, "be")
    qtbot.keyClick(search, Key.Key_Escape)
    assert heard == ["b", "be", ""]


class TestForm:
    def test_a_wrong_day_is_said_beside_the_field_as_soon_as_it_is_left(self, qtbot: QtBot) -> None:
        form = Form()
        born = form.add("born", Field("Born on", DateEdit("Born on")))
        form.add("name", Field("Name", TextField("Name")))
        shown(qtbot, form)
        born.control.setFocus()
        qtbot.keyClicks(born.control, "31/02/2026")
        assert born.error.isHidden()
        qtbot.keyClick(born.control, Key.Key_Tab)
        assert "“31/02/2026” is not a date." in born.error.text()
        assert born.control.accessibleDescription() == born.error.text()
        born.control.setFocus()
        qtbot.keyClick(born.control, Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
        born.control.clear()  # type: ignore[attr-defined]
        qtbot.keyClicks(born.control, "28/02/2026")
        assert born.error.isHidden()

    def test_enter_goes_to_what_is_missing_then_submits(self, qtbot: QtBot) -> None:
        form = Form()
        name = form.add("name", Field("Name", TextField("Name"), required=True)).control
        form.add("note", Field("Note", TextField("Note")))
        phone = form.add("phone", Field("Phone", TextField("Phone"), required=True)).control
        shown(qtbot, form)
        name.setFocus()
        qtbot.keyClicks(name, "Amina")
        qtbot.keyClick(name, Key.Key_Return)
        assert phone.hasFocus()
        assert form.fields["phone"].error.isHidden()
        qtbot.keyClicks(phone, "06")
        with qtbot.waitSignal(form.submitted):
            qtbot.keyClick(phone, Key.Key_Return)

    def test_what_is_hidden_holds_up_nobody(self, qtbot: QtBot) -> None:
        """A person’s day of birth, typed wrong before an organisation was chosen."""
        form = Form()
        born = form.add("born", Field("Born on", DateEdit("Born on")))
        form.add("name", Field("Name", TextField("Name")))
        shown(qtbot, form)
        born.control.setFocus()
        qtbot.keyClicks(born.control, "31/02/2026")
        qtbot.keyClick(born.control, Key.Key_Tab)
        assert not form.check()
        born.hide()
        assert form.check()
        assert not form.refuse(InvalidInput({"born": FieldMissing()}))

    def test_a_held_down_enter_submits_once(self, qtbot: QtBot) -> None:
        form = Form()
        name = form.add("name", Field("Name", TextField("Name"))).control
        shown(qtbot, form)
        name.setFocus()
        heard: list[str] = []
        form.submitted.connect(lambda: heard.append("submitted"))
        for repeats in (False, True, True):
            key = QKeyEvent(
                QEvent.Type.KeyPress, Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", repeats
            )
            QApplication.sendEvent(name, key)
        assert heard == ["submitted"]

    def test_what_a_command_refuses_stands_beside_its_field(self, qtbot: QtBot) -> None:
        form = Form()
        form.add("name", Field("Name", TextField("Name")))
        shown(qtbot, form)
        assert form.refuse(InvalidInput({"name": FieldMissing()}))
        assert form.fields["name"].error.text() == "This field is required."
        assert not form.refuse(NotFound(what="x"))
        assert not form.refuse(InvalidInput({"elsewhere": FieldMissing()}))


class TestChoosing:
    def test_the_arrows_choose_among_chips_and_tab_leaves_them(self, qtbot: QtBot) -> None:
        chips = ChoiceChips("Means", [("cash", "Cash"), ("card", "Card"), ("mobile", "Mobile")])
        shown(qtbot, chips)
        first = chips.findChildren(Chip)[0]
        first.setFocus(Qt.FocusReason.TabFocusReason)
        with qtbot.waitSignal(chips.chosen):
            qtbot.keyClick(first, Key.Key_Right)
        assert chips.value() == "card"
        assert chips.findChildren(Chip)[0].focusPolicy() is Qt.FocusPolicy.NoFocus

    def test_the_cross_of_a_filter_takes_it_away_also_by_key(self, qtbot: QtBot) -> None:
        chip = Chip("Overdue", on=True, removable=True)
        shown(qtbot, chip)
        with qtbot.waitSignal(chip.removed):
            qtbot.keyClick(chip, Key.Key_Delete)

    def test_other_choices_keep_what_is_chosen_if_it_is_still_there(self, qtbot: QtBot) -> None:
        combo: ComboBox[int] = ComboBox("Desk", [(1, "One"), (2, "Two")])
        qtbot.addWidget(combo)
        combo.set_value(2)
        combo.set_choices([(2, "Two"), (3, "Three")])
        assert combo.value() == 2
        combo.set_choices([(3, "Three")])
        assert combo.value() == 3

    def test_a_password_can_be_looked_at(self, qtbot: QtBot) -> None:
        field = PasswordField("Password")
        shown(qtbot, field)
        field.setText("secret")
        assert field.displayText() != "secret"
        field.eye.click()
        assert field.displayText() == "secret"


def test_chips_wrap_and_are_mirrored(qtbot: QtBot) -> None:
    chips = [Chip(f"Chip number {n}") for n in range(5)]
    box = FlowBox(*chips)
    window = shown(qtbot, box)
    window.resize(260, 300)
    qtbot.waitUntil(lambda: chips[4].y() > chips[0].y())
    assert chips[0].x() < chips[1].x()
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    qtbot.waitUntil(lambda: chips[0].x() > chips[1].x())


class TestPasswordField:
    def test_a_badge_is_typed_into_it_and_a_paper_of_ours_is_not(self, qtbot: QtBot) -> None:
        password = PasswordField("Password")
        qtbot.addWidget(password)
        assert password.takes_code("4711-0815", ours=False)
        assert not password.takes_code("A-2026-0000001-4", ours=True)

    def test_tab_goes_on_to_the_next_field(self, qtbot: QtBot) -> None:
        password, other = PasswordField("Password"), TextField("Other")
        shown(qtbot, password, other)
        password.setFocus()
        qtbot.keyClick(password, Key.Key_Tab)
        assert other.hasFocus()


def test_what_must_be_filled_is_marked(qtbot: QtBot) -> None:
    required, free = Field("Name", TextField("Name"), required=True), Field("Phone", TextField("Phone"))
    shown(qtbot, required, free)
    assert (required.label.text(), free.label.text()) == ("Name *", "Phone")
