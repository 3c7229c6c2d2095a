"""A page whose list makes room for the import assistant."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtWidgets import QStackedWidget

from muniadmin.desktop.exchange.import_assistant import ImportAssistant
from muniadmin.desktop.exchange.import_kind import ImportKind
from muniadmin.desktop.shell.navigation import Page, Scene
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.layouts import show_if
from muniadmin.kernel.i18n import _
from muniadmin.kernel.permissions import Permission


class ImportPage(Page):
    """Put what the page usually shows into ``stack``, and say by :meth:`import_kind` what is imported here."""

    def __init__(self, shell: Shell, title: str, permission: Permission) -> None:
        super().__init__(shell, title)
        self._title, self._permission = title, permission
        self.assistant: ImportAssistant | None = None
        self.import_button = Button(_("Import…"))
        self.import_button.clicked.connect(self.open_import)
        show_if(self.import_button, self.may(permission))
        self.header.add_action(self.import_button)
        self.stack = QStackedWidget()

    def import_kind(self) -> ImportKind[Any] | None:
        """What is imported here; None while the page does not know enough yet."""
        raise NotImplementedError

    @property
    def importing(self) -> bool:
        """Whether the assistant is in front."""
        return self.assistant is not None and self.stack.currentWidget() is self.assistant

    def open_import(self) -> None:
        """The assistant takes the place of the list; one that was left is shown again as it is."""
        if not self.may(self._permission):
            return
        if self.assistant is None:
            kind = self.import_kind()
            if kind is None:
                return
            self.assistant = ImportAssistant(self, kind)
            self.assistant.closed.connect(self._close_import)
            self.stack.addWidget(self.assistant)
        self.stack.setCurrentWidget(self.assistant)
        self.header.set_title(self.assistant.kind.title)
        self.header.set_count("")
        self.header.show_actions(False)
        self.assistant.take_focus()

    def leave_import(self) -> None:
        """The list is back in its place; the assistant stays as it is until :meth:`open_import`."""
        self.stack.setCurrentIndex(0)
        self.header.set_title(self._title)
        self.header.show_actions(True)

    def _close_import(self) -> None:
        self.leave_import()
        if self.assistant is not None and not self.assistant.busy:
            self.stack.removeWidget(self.assistant)
            self.assistant.deleteLater()
            self.assistant = None
        self.reload()

    def dirty(self) -> bool:
        """Whether an import is under way here."""
        return self.assistant is not None and self.assistant.busy

    def import_scenes(self, name: str, lines: Sequence[str]) -> list[Scene]:
        """Each step of the import of a small file, for the gallery."""
        if not self.may(self._permission):
            return []
        # Kept as long as the page, and gone with it.
        self._example = TemporaryDirectory(prefix="muniadmin-")
        path = Path(self._example.name) / name
        path.write_text("\n".join(lines), encoding="utf-8")

        def choose() -> None:
            self.open_import()
            if self.assistant is not None:
                self.assistant.file.look_at(str(path))

        def go_on() -> None:
            if self.assistant is not None:
                self.assistant.steps.go_on()

        return [
            Scene("import-1-file", choose),
            Scene("import-2-columns", go_on),
            Scene("import-3-preview", go_on),
            Scene("import-4-result", go_on),
        ]
