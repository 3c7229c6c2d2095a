"""Saved views of a list: each user's own at this workstation, kept where preferences are kept."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QWidget

from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.kernel.i18n import _


@dataclass(frozen=True)
class View:
    """What is searched and filtered, how it is sorted and which columns it has; all of them plain values."""

    text: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    columns: Mapping[str, Any] | None = None


class SavedViews:
    """The views that one user saved for one list."""

    def __init__(self, user_name: str, name: str) -> None:
        self._key = f"lists/{user_name}/{name}/views"

    def all(self) -> dict[str, View]:
        """Every view by its name; what cannot be read any more is left out."""
        stored = QSettings().value(self._key)
        try:
            known = json.loads(stored) if isinstance(stored, str) else {}
            return {name: _view(one) for name, one in known.items()}
        except (ValueError, TypeError, AttributeError, KeyError):
            return {}

    def save(self, name: str, view: View) -> None:
        """Keeps a view; one that had the name before goes."""
        self._store({**self.all(), name: view})

    def forget(self, name: str) -> None:
        """A view that is not wanted any more."""
        self._store({one: view for one, view in self.all().items() if one != name})

    def _store(self, views: Mapping[str, View]) -> None:
        QSettings().setValue(self._key, json.dumps({name: asdict(view) for name, view in views.items()}))


def _view(stored: Mapping[str, Any]) -> View:
    """A view as it was saved; JSON knows no tuples."""
    filters = {name: _as_tuple(value) for name, value in stored["filters"].items()}
    return View(**{**stored, "filters": filters})


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class SaveViewDialog(Dialog):
    """Asks for the name of a view; ``named`` tells it."""

    named = Signal(str)

    def __init__(self, parent: QWidget | None) -> None:
        self.form = Form()
        self.name = TextField(_("Name"))
        self.form.add("name", Field(_("Name"), self.name, required=True))
        super().__init__(parent, _("Save this view"), self.form, primary=_("Save"))
        self.name.setFocus(Qt.FocusReason.TabFocusReason)

    def dirty(self) -> bool:
        """Whether a name was typed."""
        return bool(self.name.text().strip())

    def submit(self) -> None:
        """Tells the name when there is one."""
        if self.form.check():
            self.named.emit(self.name.text().strip())
            self.accept()
