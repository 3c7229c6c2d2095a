"""The dialogs that ask for a file: in the user's language, in Documents, answered by Enter, and behind the lock."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from muniadmin.desktop.shell.main_window import speak
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
    assert heard == [(str(tmp_path / "other"), "JSON (*.json)")]


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
