"""The filters above the list: chips, saved views, columns, export."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from PySide6.QtCore import QPoint, QSettings, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from muniadmin.billing.reads import HeadRow, OwedStanding, RegisterFilter
from muniadmin.desktop.taxpayers.words import KINDS, STATUSES, standing_word
from muniadmin.desktop.widgets.chips import Chip
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.fields import TextField
from muniadmin.desktop.widgets.forms import Field, Form
from muniadmin.desktop.widgets.layouts import FlowBox, row
from muniadmin.desktop.widgets.many_chip import ManyChip
from muniadmin.desktop.widgets.menu_chip import MenuChip
from muniadmin.kernel.i18n import N_, _, labelled, pick
from muniadmin.settings.profile import Profile

_VIEWS_KEY = "taxpayers/views"

# Views that everybody has, by name.
_SHIPPED: Mapping[str, RegisterFilter] = {
    N_("Everybody"): RegisterFilter(),
    N_("Late payers"): RegisterFilter(standings=("overdue",)),
    N_("Organisations"): RegisterFilter(kinds=("organisation",)),
    N_("No longer active"): RegisterFilter(statuses=("dormant", "closed")),
}


def saved_views() -> dict[str, RegisterFilter]:
    """The views the user saved at this workstation, by name."""
    stored = QSettings().value(_VIEWS_KEY)
    try:
        known = json.loads(stored) if isinstance(stored, str) else {}
        return {name: _from_json(entry) for name, entry in known.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _from_json(entry: Mapping[str, Any]) -> RegisterFilter:
    fields: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in entry.items()}
    return RegisterFilter(**fields)


class FilterBar(QWidget):
    """``changed`` tells that other rows are wanted; ``columns_wanted`` and ``export_wanted`` ask for their menus."""

    changed = Signal()
    columns_wanted = Signal(object)
    export_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.text = Chip("", on=True, removable=True)
        self.overdue = Chip(standing_word("overdue").capitalize(), checkable=True)
        self.zones: ManyChip[str] = ManyChip(_("Zone"))
        self.kind: MenuChip[str] = MenuChip(
            _("Person type"),
            [(code, _(word)) for code, word in KINDS.items()],
            everything=_("Persons and organisations"),
        )
        self.head: MenuChip[str] = MenuChip(_("Revenue head"), everything=_("All revenue heads"))
        self.object_kind: MenuChip[str] = MenuChip(_("Object"), everything=_("With or without objects"))
        self.standings: ManyChip[OwedStanding] = ManyChip(
            _("State"), [(code, standing_word(code)) for code in ("overdue", "not_due", "up_to_date")]
        )
        self.status: ManyChip[str] = ManyChip(
            _("Status"), [(code, _(word)) for code, word in STATUSES.items()]
        )
        self.more = Chip(_("+ Filter"))
        self.view = Chip("", arrow=True)
        self.columns = Chip(_("Columns"), arrow=True)
        self.export = Chip(_("Export"), arrow=True)
        #: Filters that are there only once they are asked for, with their name in the menu.
        self._extra: dict[str, tuple[QWidget, str]] = {
            "object_kind": (self.object_kind, _("Object")),
            "standings": (self.standings, _("State")),
            "statuses": (self.status, _("Status")),
        }
        self._asked: set[str] = set()
        chips = FlowBox(
            self.text, self.overdue, self.zones, self.kind, self.head, self.object_kind, self.standings, self.status,
            self.more, spacing=8,
        )  # fmt: skip
        line = row(chips, self.view, self.columns, self.export, spacing=8)
        line.setStretch(0, 1)
        for chip in (self.view, self.columns, self.export):
            line.setAlignment(chip, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)
        self.text.removed.connect(lambda: self.set_text(""))
        self.text.clicked.connect(lambda: self.set_text(""))
        self.overdue.toggled.connect(self._overdue_toggled)
        for chip in (self.zones, self.kind, self.head, self.object_kind, self.status):
            chip.chosen.connect(lambda _value: self._tell())
        self.standings.chosen.connect(self._standings_chosen)
        self.more.clicked.connect(self._open_more)
        self.view.clicked.connect(self._open_views)
        self.columns.clicked.connect(lambda: self.columns_wanted.emit(self._below(self.columns)))
        self.export.clicked.connect(lambda: self.export_wanted.emit(self._below(self.export)))
        self._show()

    # --- what there is to choose from -------------------------------------------------------------------------------

    def set_profile(self, profile: Profile) -> None:
        """The municipality's zones and kinds of object."""
        self.zones.set_choices([(zone.code, pick(zone.names)) for zone in profile.zones])
        self.object_kind.set_choices([(kind.code, pick(kind.names)) for kind in profile.object_kinds])

    def set_heads(self, heads: list[HeadRow]) -> None:
        """The municipality's revenue heads."""
        self.head.set_choices([(head.code, pick(head.names)) for head in heads if head.active])

    # --- what is chosen ---------------------------------------------------------------------------------------------

    def filter(self) -> RegisterFilter:
        """The filter in force."""
        return RegisterFilter(
            text=self._text,
            zones=self.zones.values(),
            kinds=tuple(kind for kind in (self.kind.value(),) if kind),
            statuses=self.status.values(),
            standings=self.standings.values(),
            object_kind=self.object_kind.value() or "",
            head_code=self.head.value() or "",
        )

    def set_filter(self, wanted: RegisterFilter) -> None:
        """Puts a filter in force and tells it."""
        self._text = wanted.text
        self.zones.set_values(wanted.zones)
        self.kind.set_value(wanted.kinds[0] if len(wanted.kinds) == 1 else None)
        self.status.set_values(wanted.statuses)
        self.standings.set_values(wanted.standings)
        self.object_kind.set_value(wanted.object_kind or None)
        self.head.set_value(wanted.head_code or None)
        self._tell()

    def set_text(self, text: str) -> None:
        """Lists what a text finds; empty lists everybody again."""
        self.set_filter(replace(self.filter(), text=text.strip()))

    def filtered(self) -> bool:
        """Whether anything is left out."""
        return self.filter() != RegisterFilter()

    def _tell(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        """The chips as they are; the rarer ones only while they are used or asked for."""
        wanted = self.filter()
        self.text.set_text(f"“{self._text}”")
        self.text.setVisible(bool(self._text))
        self.overdue.blockSignals(True)
        self.overdue.setChecked(wanted.standings == ("overdue",))
        self.overdue.blockSignals(False)
        self.overdue.update()
        for name, (chip, _title) in self._extra.items():
            used = bool(getattr(wanted, name)) and not (
                name == "standings" and wanted.standings == ("overdue",)
            )
            chip.setVisible(used or name in self._asked)
        self.more.setVisible(any(chip.isHidden() for chip, _title in self._extra.values()))
        self.view.set_text(labelled(_("View"), self._view_name(wanted)))

    def _overdue_toggled(self, on: bool) -> None:
        self.standings.set_values(("overdue",) if on else ())
        self._tell()

    def _standings_chosen(self, _values: object) -> None:
        self._tell()

    # --- menus ------------------------------------------------------------------------------------------------------

    def _below(self, chip: QWidget) -> QPoint:
        return chip.mapToGlobal(QPoint(0, chip.height() + 4))

    def menu_of_more(self) -> QMenu:
        """The filters that are not shown yet."""
        menu = QMenu(self)
        for name, (chip, title) in self._extra.items():
            if chip.isHidden():
                menu.addAction(title).triggered.connect(lambda _checked=False, n=name: self._ask_for(n))
        return menu

    def _open_more(self) -> None:
        self.menu_of_more().popup(self._below(self.more))

    def _ask_for(self, name: str) -> None:
        self._asked.add(name)
        self._show()
        chip = self._extra[name][0]
        if isinstance(chip, MenuChip | ManyChip):
            chip.open_menu()

    def _view_name(self, wanted: RegisterFilter) -> str:
        for name, view in _SHIPPED.items():
            if view == wanted:
                return _(name)
        return next((name for name, view in saved_views().items() if view == wanted), _("own choice"))

    def menu_of_views(self) -> QMenu:
        """The views: everybody's, one's own, and saving what is shown as one more."""
        menu = QMenu(self)
        own = saved_views()
        for name, view in _SHIPPED.items():
            self._add_view(menu, _(name), view)
        if own:
            menu.addSeparator()
        for name, view in own.items():
            self._add_view(menu, name, view)
        menu.addSeparator()
        save = menu.addAction(_("Save what is shown as a view…"))
        save.setEnabled(self._view_name(self.filter()) == _("own choice"))
        save.triggered.connect(self.save_view)
        name = self._view_name(self.filter())
        if name in own:
            forget = menu.addAction(_("Forget the view “{name}”").format(name=name))
            forget.triggered.connect(lambda: self._store({n: v for n, v in own.items() if n != name}))
        return menu

    def _add_view(self, menu: QMenu, name: str, view: RegisterFilter) -> None:
        action = menu.addAction(name.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(view == self.filter())
        action.triggered.connect(lambda _checked=False, v=view: self.set_filter(v))

    def _open_views(self) -> None:
        self.menu_of_views().popup(self._below(self.view))

    def save_view(self) -> "SaveViewDialog":
        """Asks what the view is called."""
        dialog = SaveViewDialog(self.window())
        dialog.named.connect(lambda name: self._store({**saved_views(), name: self.filter()}))
        dialog.open()
        return dialog

    def _store(self, views: Mapping[str, RegisterFilter]) -> None:
        QSettings().setValue(_VIEWS_KEY, json.dumps({name: asdict(view) for name, view in views.items()}))
        self._show()


class SaveViewDialog(Dialog):
    """Asks for the name of a view; ``named`` tells it."""

    named = Signal(str)

    def __init__(self, parent: QWidget | None) -> None:
        self.form = Form()
        self.name = TextField(_("Name"))
        self.form.add("name", Field(_("Name"), self.name, required=True))
        super().__init__(parent, _("Save this view"), self.form, primary=_("Save"))
        self.name.setFocus(Qt.FocusReason.TabFocusReason)

    def submit(self) -> None:
        """Tells the name when there is one."""
        if self.form.check():
            self.named.emit(self.name.text().strip())
            self.accept()
