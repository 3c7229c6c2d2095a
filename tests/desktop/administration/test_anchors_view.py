"""Auditors see the anchors, order one, and are told at sign-in what is no longer as this workstation remembers it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from muniadmin.anchors.commands import ChooseAnchorFolder, MakeAnchor
from muniadmin.anchors.reads import Anchors
from muniadmin.app import App
from muniadmin.desktop.administration.administration_page import AdministrationPage
from muniadmin.desktop.administration.anchors_view import AnchorsView
from muniadmin.desktop.widgets.dialogs import NoticeDialog
from muniadmin.kernel.permissions import Role
from muniadmin.storage.unit_of_work import read_unit
from muniadmin.verification.workstation import remember
from tests.builders import everything
from tests.desktop.conftest import Screen
from tests.towns import actor_with

SignIn = Callable[[Role], Screen]


def opened(screen: Screen) -> AnchorsView:
    """The anchors in front of whoever is signed in."""
    screen.frame.go("administration")
    screen.settle()
    page = screen.shows(AdministrationPage)
    page.show_view("anchors")
    screen.settle()
    view = page.view("anchors")
    assert isinstance(view, AnchorsView)
    return view


def cut(app: App) -> None:
    """The workstation remembers what there is; then the last row of the office's log goes."""
    app.execute(MakeAnchor(), everything(app))
    with read_unit(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        remember(reading)
    with closing(sqlite3.connect(str(app.database.writers.url.database))) as plain:
        plain.execute("DROP TRIGGER event_no_delete")
        plain.execute(
            "DELETE FROM event WHERE chain = 'office' "
            "AND chain_seq = (SELECT last FROM chain_head WHERE chain = 'office')"
        )
        plain.commit()


def test_a_supervisor_orders_an_anchor_and_sees_where_each_chain_stood(app: App, signed_in: SignIn) -> None:
    screen = signed_in(Role.SUPERVISOR)
    view = opened(screen)
    assert view.list.current() is None
    view.make.click()
    screen.settle()
    made = app.read(Anchors(), everything(app))[0]
    shown = view.list.current()
    assert shown is not None
    assert shown.line == made.line
    assert "Office" in screen.texts(view)
    assert made.digest[:16] in screen.texts(view)
    assert not view.choose.isVisibleTo(view)
    assert view.make.isEnabled()

    view.copy.click()
    assert QApplication.clipboard().text() == made.line


def test_an_administrator_chooses_the_folder_and_every_anchor_goes_there(
    app: App, signed_in: SignIn, tmp_path: Path, qtbot: QtBot
) -> None:
    app.execute(MakeAnchor(), everything(app))
    stick = tmp_path / "stick"
    stick.mkdir()
    screen = signed_in(Role.ADMINISTRATOR)
    view = opened(screen)
    view.set_folder(str(stick))
    screen.settle()
    qtbot.waitUntil(lambda: len(list(stick.glob("*.txt"))) == 1)
    assert str(stick) in screen.texts(view) or str(stick) in view.place.text()
    view.make.click()
    screen.settle()
    qtbot.waitUntil(lambda: len(list(stick.glob("*.txt"))) == 2)


def test_a_folder_that_is_gone_is_said_to_supervisors_only(
    app: App, signed_in: SignIn, tmp_path: Path, qtbot: QtBot
) -> None:
    app.execute(MakeAnchor(), everything(app))
    app.execute(ChooseAnchorFolder(folder=str(tmp_path / "gone")), actor_with(app, Role.ADMINISTRATOR))
    screen = signed_in(Role.CLERK)
    qtbot.waitUntil(lambda: all(job.finished for job in screen.frame.shell.operations.jobs))
    screen.settle()
    assert "is not there" not in screen.texts()
    screen.window.leave()
    screen.sign_in(Role.SUPERVISOR)
    qtbot.waitUntil(lambda: "is not there" in screen.texts())


def test_what_is_gone_is_said_at_sign_in_until_somebody_begins_anew(app: App, signed_in: SignIn) -> None:
    cut(app)
    screen = signed_in(Role.SUPERVISOR)
    dialog = screen.dialog()
    assert isinstance(dialog, NoticeDialog)
    assert "1 chain of this database is no longer" in screen.texts(dialog)
    dialog.accept()
    screen.back()

    view = opened(screen)
    assert view.lost.isVisibleTo(view)
    asked = view.begin_anew()
    asked.submit()
    assert "required" in screen.texts(asked)
    asked.reason.setText("the disk was exchanged")
    asked.submit()
    screen.settle()
    assert not view.lost.isVisibleTo(view)


def test_a_clerk_is_not_troubled(app: App, signed_in: SignIn) -> None:
    cut(app)
    signed_in(Role.CLERK)
    assert QApplication.activeModalWidget() is None
