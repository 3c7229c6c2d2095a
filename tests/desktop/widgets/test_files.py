"""The dialogs that ask for a file: in the user's language, in Documents, answered by Enter, and behind the lock."""

from pathlib import Path

import pytest
from PySide6.QtCore import QFileInfo, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from muniadmin.desktop.shell.main_window import speak
from muniadmin.desktop.theme import Scheme, theme
from muniadmin.desktop.widgets import files
from muniadmin.desktop.widgets.curtain import curtain
from tests.desktop.conftest import choose_file, plain


@pytest.fixture
def place(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> QWidget:
    """A window of somebody whose documents lie in ``tmp_path``."""
    monkeypatch.setattr(files, "documents", lambda: tmp_path)
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def the_dialog() -> QFileDialog:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    return dialog


def test_it_begins_in_documents_with_the_name_and_answers_by_enter(place: QWidget, tmp_path: Path) -> None:
    heard: list[tuple[str, str]] = []
    kinds = "Text (*.txt);;JSON (*.json)"
    files.ask_to_save(place, "Save", "report.txt", kinds, lambda path, kind: heard.append((path, kind)))
    dialog = the_dialog()
    assert Path(dialog.directory().absolutePath()) == tmp_path
    assert dialog.selectedFiles() == [str(tmp_path / "report.txt")]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert heard == []
    files.ask_to_save(place, "Save", "report.txt", kinds, lambda path, kind: heard.append((path, kind)))
    choose_file("other", "JSON (*.json)")
    assert heard == [(str(tmp_path / "other.json"), "JSON (*.json)")]
    files.ask_to_save(place, "Save", "report.txt", kinds, lambda path, kind: heard.append((path, kind)))
    choose_file("report.txt", "JSON (*.json)")
    assert heard[1] == (str(tmp_path / "report.json"), "JSON (*.json)")


def test_a_name_longer_than_any_disk_takes_is_no_incident(place: QWidget, tmp_path: Path) -> None:
    heard: list[str] = []
    files.ask_to_save(place, "Save", "x.xlsx", "Workbook (*.xlsx)", lambda path, _kind: heard.append(path))
    dialog = the_dialog()
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    field.setText("n" * 300)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    choose_file("n" * 30)
    assert heard == [str(tmp_path / f"{'n' * 30}.xlsx")]


@pytest.mark.parametrize(
    ("typed", "written"),
    [("list", "list.xlsx"), ("Impayés 28.11", "Impayés 28.11.xlsx"), ("List.XLSX", "List.XLSX")],
)
def test_a_new_file_has_the_ending_of_its_kind(
    place: QWidget, tmp_path: Path, typed: str, written: str
) -> None:
    heard: list[str] = []
    files.ask_to_save(place, "Save", "x.xlsx", "Workbook (*.xlsx)", lambda path, _kind: heard.append(path))
    choose_file(typed)
    assert heard == [str(tmp_path / written)]


def test_a_name_without_its_ending_replaces_nothing_unasked(place: QWidget, tmp_path: Path) -> None:
    (tmp_path / "list.xlsx").write_text("precious")
    heard: list[str] = []
    files.ask_to_save(place, "Save", "x.xlsx", "Workbook (*.xlsx)", lambda path, _kind: heard.append(path))
    dialog = the_dialog()
    asked: list[str] = []

    def say_no() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        box.reject()

    QTimer.singleShot(300, say_no)
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    field.setText("list")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert len(asked) == 1
    assert heard == []
    dialog.reject()


def test_it_speaks_french_wholly(place: QWidget) -> None:
    speak("fr")
    try:
        files.ask_for_folder(place, "Dossier des avis", lambda _path: None)
        dialog = the_dialog()
        words = {
            plain(words).replace("&", "")
            for words in (
                *(label.text() for label in dialog.findChildren(QLabel)),
                *(button.text() for button in dialog.findChildren(QPushButton)),
            )
        }
        dialog.reject()
    finally:
        speak("en")
    assert words == {"Regarder dans", "Dossier :", "Type de fichier", "Choisir", "Annuler"}


def test_what_it_lists_is_called_in_the_language_of_the_user(place: QWidget, tmp_path: Path) -> None:
    """Qt calls them “Drive”, “Folder” and “pdf File” in every language."""
    (tmp_path / "avis.pdf").touch()
    (tmp_path / "README").touch()
    speak("fr")
    try:
        files.ask_for_folder(place, "Dossier", lambda _path: None)
        dialog = the_dialog()
        kinds = dialog.iconProvider()
        called = [
            kinds.type(QFileInfo(str(path)))
            for path in (Path("/"), tmp_path, tmp_path / "avis.pdf", tmp_path / "README")
        ]
        dialog.reject()
    finally:
        speak("en")
    assert called == ["Disque", "Dossier", "Fichier PDF", "Fichier"]


def test_its_buttons_are_seen_on_a_dark_screen(place: QWidget) -> None:
    before = theme().scheme
    theme().apply(Scheme.DARK)
    try:
        files.ask_for_folder(place, "Folder", lambda _path: None)
        dialog = the_dialog()
        up = dialog.findChild(QToolButton, "toParentButton")
        assert up is not None
        picture = up.icon().pixmap(16).toImage()
        inks = [
            picture.pixelColor(x, y)
            for x in range(picture.width())
            for y in range(picture.height())
            if picture.pixelColor(x, y).alpha() == 255
        ]
        dialog.reject()
    finally:
        theme().apply(before)
    assert inks
    assert max(ink.lightness() for ink in inks) > 200


def test_it_waits_behind_the_lock(place: QWidget) -> None:
    curtain().draw(place)
    try:
        files.ask_for_file(place, "File", "Text (*.txt)", lambda _path: None)
        assert QApplication.activeModalWidget() is None
    finally:
        behind = curtain().open()
    (dialog,) = behind
    assert dialog.isVisible()
    dialog.close()
