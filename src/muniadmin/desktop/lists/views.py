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
from muniadmin.desktop.widgets.row_view import is_arrangement
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
        """Every view by its name; one that cannot be read, as of another version of the program, is left out."""
        views = {name: _view(one) for name, one in self._stored().items()}
        return {name: view for name, view in views.items() if view is not None}

    def save(self, name: str, view: View) -> None:
        """Keeps a view; one that had the name before goes."""
        self._store({**self._stored(), name: asdict(view)})

    def forget(self, name: str) -> None:
        """A view that is not wanted any more."""
        self._store({one: view for one, view in self._stored().items() if one != name})

    def _stored(self) -> dict[str, Any]:
        stored = QSettings().value(self._key)
        try:
            known = json.loads(stored) if isinstance(stored, str) else {}
        except ValueError:
            return {}
        return known if isinstance(known, dict) else {}

    def _store(self, views: Mapping[str, Any]) -> None:
        QSettings().setValue(self._key, json.dumps(views))


def _view(stored: Any) -> View | None:
    """A view as it was saved, None where it is none; JSON knows no tuples."""
    match stored:
        case {
            "text": str(text),
            "filters": dict(filters),
            "sort": str(sort),
            "descending": bool(descending),
            "columns": columns,
        } if (columns is None or is_arrangement(columns)) and all(map(_is_plain, filters.values())):
            plain = {name: tuple(one) if isinstance(one, list) else one for name, one in filters.items()}
            return View(text, plain, sort, descending, columns)
    return None


def _is_plain(value: Any) -> bool:
    """Whether a filter can have this value."""
    return all(
        one is None or isinstance(one, str | int) for one in (value if isinstance(value, list) else [value])
    )


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
