"""The first start: a local database is made step by step, an office database is tested before it is used."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from muniadmin.access.commands import SignIn
from muniadmin.bootstrap import open_app, system_actor
from muniadmin.desktop.shell.first_run import FirstRun, Place, office_url, strength_of
from muniadmin.desktop.shell.loader import Loader
from muniadmin.desktop.shell.main_window import speak

Key = Qt.Key
PASSWORD = "une lanterne au pont tranquille"


@pytest.fixture
def assistant(qtbot: QtBot, tmp_path: Path) -> FirstRun:
    speak("en")
    home = QWidget()
    made = FirstRun(Loader(home), tmp_path, lambda error: pytest.fail(repr(error)))
    made.home = home  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.take_focus()
    return made


def test_a_local_database_is_set_up_and_its_administrator_signs_in(
    qtbot: QtBot, assistant: FirstRun, tmp_path: Path
) -> None:
    assistant.place.places.set_value(Place.LOCAL)
    assistant.place.places.chosen.emit(Place.LOCAL)
    steps = assistant.assistant
    steps.go_on()
    assert steps.current == 1
    assistant.municipality.profiles.set_value("kampala")
    steps.go_on()
    administrator = assistant.administrator
    administrator.name.setText("Sarah Nakato")
    administrator.user_name.setText("s.nakato")
    administrator.password.setText("1234")
    administrator.again.setText("1234")
    steps.go_on()
    assert steps.current == 2
    assert "too easy to guess" in administrator.form.fields["password"].error.text()
    administrator.password.setText(PASSWORD)
    administrator.again.setText("something else")
    steps.go_on()
    assert "not the same" in administrator.form.fields["again"].error.text()
    administrator.again.setText(PASSWORD)
    steps.go_on()
    assert steps.current == 3
    with qtbot.waitSignal(assistant.ready, timeout=60_000) as ready:
        steps.go_on()
    app = open_app(ready.args[0])
    try:
        assert app.municipality.code == "kampala"
        signed = app.execute(
            SignIn(user_name="s.nakato", password=PASSWORD, workstation="desk"), system_actor("test")
        ).outcome
        assert signed.actor.name == "Sarah Nakato"
    finally:
        app.close()


def test_a_server_that_does_not_answer_is_said_and_nothing_is_lost(qtbot: QtBot, assistant: FirstRun) -> None:
    place = assistant.place
    place.places.set_value(Place.OFFICE)
    place.places.chosen.emit(Place.OFFICE)
    place.host.setText("127.0.0.1")
    place.port.setText("1")
    place.database.setText("muniadmin")
    place.user.setText("clerk")
    place.test.click()
    qtbot.waitUntil(lambda: not place.tested.isHidden(), timeout=30_000)
    assert "The database cannot be opened" in place.tested.accessibleName()
    assert place.host.text() == "127.0.0.1"


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_an_office_database_in_use_goes_straight_to_signing_in(
    qtbot: QtBot, assistant: FirstRun, town_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = assistant.place
    place.places.set_value(Place.OFFICE)
    place.places.chosen.emit(Place.OFFICE)
    for field in (place.host, place.database, place.user):
        field.setText("x")
    monkeypatch.setattr(place, "url", lambda: town_url)  # the tests' server listens on a socket only
    place.test.click()
    qtbot.waitUntil(lambda: not place.tested.isHidden(), timeout=30_000)
    assert "The server answers." in place.tested.accessibleName()
    with qtbot.waitSignal(assistant.ready, timeout=30_000):
        assistant.assistant.go_on()


def test_a_wrong_port_is_said_beside_the_field(assistant: FirstRun) -> None:
    for text in ("http", "0", "65536", "9" * 5_000):
        assistant.place.port.setText(text)
        assert not assistant.place.office.fields["port"].check()


@pytest.mark.parametrize(
    "file", ["{taken}/of/muni.db", "{folder}/" + "n" * 300 + ".db", "~nobody-is-called-so/muni.db"]
)
def test_a_place_where_no_database_can_be_is_said_and_nothing_is_lost(
    qtbot: QtBot, assistant: FirstRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").touch()
    (tmp_path / "~nobody-is-called-so").touch()
    assistant.place.places.set_value(Place.LOCAL)
    assistant.place.places.chosen.emit(Place.LOCAL)
    assistant.place.file.setText(file.format(taken=tmp_path / "taken", folder=tmp_path))
    steps = assistant.assistant
    steps.go_on()
    steps.go_on()
    administrator = assistant.administrator
    administrator.name.setText("Sarah Nakato")
    administrator.user_name.setText("s.nakato")
    for field in (administrator.password, administrator.again):
        field.setText(PASSWORD)
    steps.go_on()
    steps.go_on()
    qtbot.waitUntil(lambda: "The database cannot be opened" in steps.notice.accessibleName(), timeout=60_000)
    assert administrator.name.text() == "Sarah Nakato"


def test_an_address_is_put_together_whatever_the_password_holds() -> None:
    assert office_url("pg", "", "muni", "clerk", "a/b@c") == "postgresql://clerk:a%2Fb%40c@pg:5432/muni"


def test_the_strength_of_a_password_in_four_steps() -> None:
    assert strength_of("", "n", "n") == 0
    assert strength_of("azertyuiop", "n.benali", "Nadia Benali") == 1
    assert strength_of("tablebasse", "n.benali", "Nadia Benali") == 2
    assert strength_of("Une lanterne au pont", "n.benali", "Nadia Benali") == 4
