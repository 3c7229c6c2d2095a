"""Asking for a file or a folder: Qt's own dialog, so that it speaks the user's language and looks like the program.

They begin in Documents, are opened with ``open()`` and answer by calling ``then``; whoever steps back hears nothing.
A file takes its place when it is whole.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QFileInfo, QStandardPaths
from PySide6.QtGui import QIcon, QShowEvent
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QFileIconProvider,
    QToolButton,
    QWidget,
)

from muniadmin.desktop import icons
from muniadmin.desktop.theme import color
from muniadmin.desktop.widgets.curtain import curtain
from muniadmin.kernel.drafts import drafted
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_, _
from muniadmin.kernel.paths import is_folder, is_there

_Option = QFileDialog.Option

#: Qt's own are drawn for a light screen alone.
_TOOLS = {
    "backButton": "arrow-left",
    "forwardButton": "arrow-right",
    "toParentButton": "arrow-up",
    "newFolderButton": "plus",
    "listModeButton": "list",
    "detailModeButton": "table",
}


class FileNotWritten(UserError):
    """A file could not be saved."""

    message = N_("“{path}” could not be saved ({reason}).")
    hint = N_("Choose another place.")


def write_file(path: str | Path, content: bytes) -> None:
    """Writes a file in place of what was there, which stays until the new one is whole. Raises FileNotWritten."""
    path = Path(path)
    try:
        with drafted(path) as draft:
            draft.write_bytes(content)
    except OSError as error:
        raise FileNotWritten(path=str(path), reason=error.strerror or str(error)) from error


def documents() -> Path:
    """The user's folder for documents, or their home where there is none."""
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return folder if folder.is_dir() else Path.home()


class _Places(QFileIconProvider):
    """What files, folders and drives are called and look like: Qt knows it in English alone."""

    def icon(self, what: QFileIconProvider.IconType | QFileInfo) -> QIcon:
        """One of the program's own."""
        kind = QFileIconProvider.IconType
        if isinstance(what, QFileInfo):
            what = kind.Drive if what.isRoot() else kind.Folder if what.isDir() else kind.File
        names = {kind.Folder: "folder-open", kind.File: "file-text", kind.Computer: "monitor"}
        return icons.icon(names.get(what, "database"))

    def type(self, info: QFileInfo) -> str:
        """The kind of a file, as the list with details has it."""
        if info.isRoot():
            return _("Drive")
        if info.isDir():
            return _("Folder")
        ending = info.suffix().upper()
        return _("{ending} file").format(ending=ending) if ending else _("File")


class FileDialog(QFileDialog):
    """Waits while the screen is locked, and is gone when it was answered."""

    def __init__(self, parent: QWidget, title: str, mode: QFileDialog.FileMode, kinds: str = "") -> None:
        super().__init__(parent, title, str(documents()), kinds)
        self.setOption(_Option.DontUseNativeDialog)
        self.setViewMode(QFileDialog.ViewMode.List)
        self.setFileMode(mode)
        # Qt's French leaves some of these in English.
        for label, words in (
            (QFileDialog.DialogLabel.LookIn, _("Look in")),
            (QFileDialog.DialogLabel.FileType, _("Kind of file")),
            (QFileDialog.DialogLabel.Reject, _("Cancel")),
        ):
            self.setLabelText(label, words)
        self._places = _Places()  # Qt keeps no hold of it
        self.setIconProvider(self._places)
        for name, drawing in _TOOLS.items():
            button = self.findChild(QToolButton, name)
            if button is not None:
                button.setIcon(icons.icon(drawing, color("text")))
        self.finished.connect(self.deleteLater)

    def showEvent(self, event: QShowEvent) -> None:
        """Its buttons have words, as all of the program's."""
        super().showEvent(event)
        for box in self.findChildren(QDialogButtonBox):
            for button in box.buttons():
                button.setIcon(QIcon())

    def accept(self) -> None:
        """A new file has the ending of its kind, whatever was typed, before it is asked whether to replace another."""
        ending = _ending(self.selectedNameFilter())
        if self.acceptMode() is QFileDialog.AcceptMode.AcceptSave and ending:
            (name,) = self.selectedFiles()
            is_taken_as_it_is = self.testOption(_Option.DontConfirmOverwrite) and is_there(name)
            if not (name.casefold().endswith(ending) or is_folder(name) or is_taken_as_it_is):
                other = Path(name).suffix
                offered = other.casefold() in {_ending(kind) for kind in self.nameFilters()}
                self.selectFile((name.removesuffix(other) if other and offered else name) + ending)
        super().accept()

    def setVisible(self, visible: bool) -> None:
        """Waits while the screen is locked."""
        if not (visible and curtain().keep(self)):
            super().setVisible(visible)


def _ending(kind: str) -> str:
    found = re.search(r"\*(\.\w+)", kind)
    return found[1].casefold() if found is not None else ""


def ask_to_save(
    parent: QWidget,
    title: str,
    name: str,
    kinds: str,
    then: Callable[[str, str], object],
    *,
    asks_to_replace: bool = True,
) -> None:
    """Asks where to write a file. ``name`` is offered, in Documents unless it is a whole path; ``kinds`` as Qt writes
    them, e.g. ``Text (*.txt);;JSON (*.json)``; ``then(path, kind)`` is told the path and the kind chosen."""
    dialog = FileDialog(parent, title, QFileDialog.FileMode.AnyFile, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setLabelText(QFileDialog.DialogLabel.Accept, _("Save"))
    dialog.setOption(_Option.DontConfirmOverwrite, not asks_to_replace)
    offered = documents() / name
    if is_folder(offered.parent):
        dialog.setDirectory(str(offered.parent))
    dialog.selectFile(offered.name)
    dialog.fileSelected.connect(lambda path: then(path, dialog.selectedNameFilter()))
    dialog.open()


def ask_for_file(parent: QWidget, title: str, kinds: str, then: Callable[[str], object]) -> None:
    """Asks for a file that is there."""
    dialog = FileDialog(parent, title, QFileDialog.FileMode.ExistingFile, kinds)
    dialog.setLabelText(QFileDialog.DialogLabel.Accept, _("Choose"))
    dialog.fileSelected.connect(then)
    dialog.open()


def ask_for_files(parent: QWidget, title: str, kinds: str, then: Callable[[Sequence[str]], object]) -> None:
    """Asks for one or more files that are there."""
    dialog = FileDialog(parent, title, QFileDialog.FileMode.ExistingFiles, kinds)
    dialog.setLabelText(QFileDialog.DialogLabel.Accept, _("Choose"))
    dialog.filesSelected.connect(then)
    dialog.open()


def ask_for_folder(parent: QWidget, title: str, then: Callable[[str], object], *, begin: str = "") -> None:
    """Asks for a folder, beginning in ``begin`` where that is there."""
    dialog = FileDialog(parent, title, QFileDialog.FileMode.Directory)
    dialog.setOption(_Option.ShowDirsOnly)
    dialog.setLabelText(QFileDialog.DialogLabel.Accept, _("Choose"))
    if begin and is_folder(begin):
        dialog.setDirectory(begin)
    dialog.fileSelected.connect(then)
    dialog.open()
