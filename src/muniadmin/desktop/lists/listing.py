"""The one way in which the program lists things: search, filters, saved views, columns, counts and sums, the row in
hand beside or behind the list, and writing exactly what is shown to a file or on paper.

    self.listing: Listing[FineRow] = Listing(
        self, "fines", _("Fines"), fine_columns(shell), self._rows_of,
        key=lambda fine: fine.fine_id, sort="committed", descending=True,
        search=_("Number, plate or place"), filters={"state": MenuChip(...), "late": ToggleChip(...)},
        empty=Nothing("square-parking", _("No fine yet"), _("Fines that are captured appear here.")), panel=self.detail,
    )
    self.listing.chosen.connect(self._show)

    def _rows_of(self, wanted: Wanted) -> RowSource[FineRow]:
        return QuerySource(self.read, page=partial(self._question, wanted), rows_of=..., summarise=...)

``Wanted`` is frozen: the same source answers on the screen, and on the thread of the job that writes the list.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from muniadmin.desktop.lists.views import SavedViews, SaveViewDialog, View
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.shell.preview import DocumentDialog
from muniadmin.desktop.widgets.buttons import Button, Kind
from muniadmin.desktop.widgets.chips import Chip, ChoiceChips, GivenChip, ToggleChip
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.fields import SearchField
from muniadmin.desktop.widgets.files import ask_to_save
from muniadmin.desktop.widgets.layouts import FlowBox, column, row, show_if
from muniadmin.desktop.widgets.many_chip import ManyChip
from muniadmin.desktop.widgets.menu_chip import MenuChip
from muniadmin.desktop.widgets.paint import key_text
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import RowSource, Summary
from muniadmin.desktop.widgets.row_table import RowTable, Sum
from muniadmin.exchange.commands import DrawList, ListColumn, ListDrawn, ListWritten, ShownList, WriteList
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, labelled, ngettext
from muniadmin.kernel.paths import as_file_name

R = TypeVar("R")
_TYPING_PAUSE_MS = 180
_SEARCH = 280
#: From which width on the panel stands beside the list; in a narrower window it comes when a row is opened.
ROOM_FOR_PANEL = 960
#: From which width on search, filters and tools stand on one line.
_ROOM_FOR_TOOLS = 960


Filter = MenuChip[Any] | ManyChip[Any] | ToggleChip | GivenChip | ChoiceChips[Any]
"""A chip that leaves rows out."""


@dataclass(frozen=True)
class Wanted:
    """Which rows are wanted: the text of the search, and the values of the filters by name."""

    text: str
    filters: Mapping[str, Any]


@dataclass(frozen=True)
class Nothing:
    """What an empty list says when nothing is left out: what would be here, and what fills it."""

    icon: str
    heading: str
    text: str = ""
    action: tuple[str, Callable[[], object]] | None = None


class Listing(QWidget, Generic[R]):
    """A list with everything that belongs to it. ``page`` is where it lies.

    Signals: ``chosen(row | None)`` when another row is in hand; ``counted(Summary)``.

    ``source`` gives the rows for what is wanted. ``more`` names the filters that are shown only once they are used or
    asked for. ``views`` are views that everybody has: by name, the values of the filters. ``sums`` are added up of
    selected rows, and below a printed list. ``opens`` is what Enter does with a row where no panel
    tells of it. ``titled`` puts the count beside the page's title. ``begins_first``
    takes the first row in hand where none is. ``usual`` names the view that the list has by itself.
    """

    chosen = Signal(object)
    counted = Signal(object)

    def __init__(
        self,
        page: Page,
        name: str,
        title: str,
        columns: Sequence[Column[R]],
        source: Callable[[Wanted], RowSource[R]],
        *,
        key: Callable[[R], Any],
        empty: Nothing | Callable[[Wanted], Nothing],
        search: str = "",
        filters: Mapping[str, Filter] | None = None,
        more: Sequence[str] = (),
        views: Mapping[str, Mapping[str, Any]] | None = None,
        panel: QWidget | None = None,
        panel_width: int = 360,
        sums: Sequence[Sum[R]] = (),
        opens: Callable[[R], object] | None = None,
        sort: str = "",
        descending: bool = False,
        titled: bool = False,
        begins_first: bool = True,
        usual: str = "",
    ) -> None:
        super().__init__()
        self.page, self.shell = page, page.shell
        self.name, self.title = name, title
        self.filters = dict(filters or {})
        self.panel = panel
        self._source, self._sums, self._opens = source, sums, opens
        self._empty: Callable[[Wanted], Nothing] = empty if callable(empty) else lambda _wanted: empty
        self._sort = sort, descending
        self._initial = {one: chip.value() for one, chip in self.filters.items()}
        self._views = views or {}
        self._more = [self.filters[one] for one in more]
        self._asked_for: list[Filter] = []
        self._titled, self._begins_first, self._usual = titled, begins_first, usual or _("All")
        self._listed: Wanted | None = None
        self._wanted_key: Any = None
        self._move_in = False
        self.saved = SavedViews(self.shell.actor.user_name, name)
        self._make_table(columns, key)
        self._make_bar(search)
        self._lay(panel_width)
        self._name_chips()

    # --- making -----------------------------------------------------------------------------------------------

    def _make_table(self, columns: Sequence[Column[R]], key: Callable[[R], Any]) -> None:
        self.fill = Button("", Kind.PRIMARY)
        self.fill.clicked.connect(self._fill_or_clear)
        sort, descending = self._sort
        self.table: RowTable[R] = RowTable(
            f"{self.shell.actor.user_name}/{self.name}",
            self.title,
            columns,
            key=key,
            empty=EmptyState("list", "", "", self.fill),
            multiple=True,
            sort=sort,
            descending=descending,
            sums=self._sums,
            write_sum=lambda amount: self.shell.amount(amount, code=True),
        )
        self.table.chosen.connect(self.chosen)
        self.table.opened.connect(self.open_row)
        self.table.counted.connect(self._on_counted)
        self.table.left_upwards.connect(self._into_search)
        self.table.typed.connect(self._go_on_typing)

    def _make_bar(self, search: str) -> None:
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_PAUSE_MS)
        self._typing.timeout.connect(self.ask)
        self.search = SearchField(_("Search"), placeholder=search, key="Ctrl+F" if search else "")
        self.search.setFixedWidth(_SEARCH)
        self.search.textChanged.connect(self._on_typed)
        self.search.returnPressed.connect(self._on_enter)
        self.search.moved_down.connect(self._into_list)
        self.search.all_wanted.connect(self._select_all)
        show_if(self.search, bool(search))
        for part in self.filters.values():
            part.chosen.connect(lambda _value: self.ask())
        self.more = Chip(_("+ Filter"))
        self.more.clicked.connect(lambda: self._pop(self.menu_of_more(), self.more))
        self.chips = FlowBox(*self.filters.values(), self.more)
        self.view = Chip("", arrow=True)
        self.view.clicked.connect(lambda: self._pop(self.menu_of_views(), self.view))
        self.columns = Chip(_("Columns"))
        self.columns.clicked.connect(self.table.choose_columns)
        self.export = Chip(_("Export"), arrow=True)
        self.export.clicked.connect(lambda: self._pop(self.menu_of_files(), self.export))
        self.details = ToggleChip(_("Details"))
        self.details.chosen.connect(self._show_panel)
        self._tools = row(self.view, self.columns, self.export, self.details, spacing=8)
        for chip, key in (
            (self.view, "Ctrl+Shift+V"),
            (self.columns, "Ctrl+Shift+C"),
            (self.export, "Ctrl+Shift+E"),
        ):
            self._bind(key, chip.click)
            chip.setToolTip(f"{chip.text() or _('View')} ({key_text(key)})")
        self._bind("Ctrl+Shift+X", self.clear)

    def _bind(self, key: str, act: Callable[[], object], where: QWidget | None = None) -> None:
        shortcut = QShortcut(QKeySequence(key), where or self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    def _lay(self, panel_width: int) -> None:
        top = Qt.AlignmentFlag.AlignTop
        self._line = row(spacing=8)
        self._line.addWidget(self.search, 0, top)
        self._line.addWidget(self.chips, 1)
        self._line.addStretch(0)
        self._line.addLayout(self._tools)
        self._tools.setAlignment(top)
        self._both = row(spacing=12)
        self._both.addWidget(self.table, 1)
        self._whole = column(self._line, spacing=12)
        self._whole.addLayout(self._both, 1)
        self.setLayout(self._whole)
        self.details.hide()
        self._on_two_lines = False
        if self.panel is not None:
            self.panel.setFixedWidth(panel_width)
            self._both.addWidget(self.panel)
            self._bind("Esc", self._back_to_list, self.panel)

    # --- room -------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the filters stand below the search, and the panel comes when a row is opened."""
        super().resizeEvent(event)
        two_lines = self.width() < _ROOM_FOR_TOOLS
        if two_lines != self._on_two_lines:
            self._on_two_lines = two_lines
            if two_lines:
                self._line.removeWidget(self.chips)
                self._whole.insertWidget(1, self.chips)
            else:
                self._whole.removeWidget(self.chips)
                self._line.insertWidget(1, self.chips, 1)
        if self.panel is not None:
            self.details.setVisible(self.narrow)
            self._show_panel()

    @property
    def narrow(self) -> bool:
        """Whether there is no room for the panel beside the whole list."""
        return self.width() < ROOM_FOR_PANEL

    def _show_panel(self, _on: object = None) -> None:
        if self.panel is not None:
            self.panel.setVisible(not self.narrow or self.details.value())

    # --- asking -----------------------------------------------------------------------------------------------

    def wanted(self) -> Wanted:
        """What is searched and chosen now."""
        return Wanted(self.search.text().strip(), {one: chip.value() for one, chip in self.filters.items()})

    def filtered(self) -> bool:
        """Whether rows are left out that the list has by itself."""
        wanted = self.wanted()
        return bool(wanted.text) or dict(wanted.filters) != self._initial

    def ask(self) -> None:
        """Lists what is wanted, from the top."""
        self._typing.stop()
        self._name_chips()
        self._listed = self.wanted()
        self.table.set_stale()
        self.table.set_source(self._source(self._listed))

    def reload(self) -> None:
        """Asks again; the row in hand stays."""
        if self._typing.isActive():
            self.ask()
        else:
            self._listed = self.wanted()
            self.table.set_source(self._source(self._listed), keep=True)

    def look_for(self, text: str = "", *, key: Any = None, **filters: Any) -> None:
        """Lists what a text finds, with these filters and no others; ``key`` is the row to be in hand."""
        self._put(View(text, filters))
        self._wanted_key = key
        self.ask()

    def show_one(self, number: str, *, key: Any = None, **filters: Any) -> None:
        """Lists the one with this number, as of a paper that was scanned, and shows its panel also where there is
        little room: the keys of the panel act on what is seen. ``key``: of the row, where other numbers may begin
        with this one."""
        self.details.set_value(on=True)
        self._show_panel()
        self.look_for(number, key=key, **filters)

    def select_key(self, key: Any) -> None:
        """Takes the row with this key in hand, now or when it comes."""
        self.table.select_key(key)

    def clear(self) -> None:
        """Lists everything again."""
        self.look_for()

    def _put(self, view: View) -> None:
        with QSignalBlocker(self.search):
            self.search.setText(view.text)
        for name, chip in self.filters.items():
            put: Callable[[Any], None] = chip.set_value
            put(view.filters.get(name, self._initial[name]))
        if view.sort:
            self.table.model.sort_by, self.table.model.descending = view.sort, view.descending
        if view.columns is not None:
            self.table.view.arrange(view.columns)

    def _on_typed(self, _text: str) -> None:
        """What is listed belongs to what was typed before, and so does Enter."""
        self._move_in = False
        self.table.set_stale()
        self._typing.start()

    def _on_enter(self) -> None:
        """Searches what is typed, and goes to what it finds."""
        self._move_in = True
        if self._typing.isActive():
            self.ask()
        elif not self.table.model.pending:
            self._into_list()

    def _on_counted(self, summary: Summary) -> None:
        if self._titled:
            self.page.header.set_count(format_number(summary.count) if summary.count else "")
        wanted, self._wanted_key = self._wanted_key, None
        if wanted is not None:
            self.table.select_key(wanted)
        elif self._begins_first and summary.count and self.table.current() is None:
            self.table.select_first()
        if not summary.count:
            self._say_empty()
        if self._move_in:
            self._into_list()
        self.counted.emit(summary)

    def _narrowed(self) -> bool:
        """Whether there may be rows that are left out by what somebody typed or chose."""
        chips = self.filters.items()
        return bool(self.wanted().text) or any(
            chip.words() and chip.value() != self._initial[name] for name, chip in chips
        )

    def _say_empty(self) -> None:
        if self._narrowed():
            self.table.empty.say(
                "search", _("Nothing matches"), _("Nothing fits what is searched and chosen above.")
            )
            self.fill.set_text(_("Clear the filters"))
            show_if(self.fill, shown=True)
            return
        empty = self._empty(self.wanted())
        self.table.empty.say(empty.icon, empty.heading, empty.text)
        action = empty.action
        self.fill.set_text(action[0] if action is not None else "")
        show_if(self.fill, shown=action is not None)

    def _fill_or_clear(self) -> None:
        if self._narrowed():
            self.clear()
            self._into_search()
        elif (action := self._empty(self.wanted()).action) is not None:
            action[1]()

    # --- keyboard ---------------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        """The keyboard starts in the search; in a list without one, in the list."""
        self._into_search()

    def _into_search(self) -> None:
        if self.search.isHidden():
            self.table.take_focus()
        else:
            self.search.take_focus()

    def _into_list(self) -> None:
        self._move_in = False
        if self.table.model.summary.count:
            self.table.take_focus()
            if self.table.current() is None:
                self.table.select_first()

    def _go_on_typing(self, text: str) -> None:
        """Somebody writes with the keyboard in the list: it goes on in the search."""
        if not self.search.isHidden():
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)
            self.search.end(False)
            self.search.insert(text)

    def open_row(self, entry: R) -> None:
        """Enter reads: the keyboard goes to the panel itself, where Enter does nothing and Tab leads to its buttons; or
        the row is opened where it can be read."""
        if self._opens is not None:
            self._opens(entry)
        elif self.panel is not None:
            self.details.set_value(on=True)
            self._show_panel()
            self.panel.setAccessibleName(self.details.text())
            self.panel.setFocus(Qt.FocusReason.TabFocusReason)

    def _back_to_list(self) -> None:
        if self.narrow:
            self.details.set_value(on=False)
            self._show_panel()
        self.table.take_focus()

    # --- menus ------------------------------------------------------------------------------------------------

    def _pop(self, menu: QMenu, chip: QWidget) -> None:
        menu.popup(chip.mapToGlobal(QPoint(0, chip.height() + 4)))

    def menu_of_more(self) -> QMenu:
        """The filters that are not shown yet."""
        menu = QMenu(self)
        for chip in self._more:
            if chip.isHidden():
                menu.addAction(chip.accessibleName()).triggered.connect(partial(self._ask_for, chip))
        return menu

    def _ask_for(self, chip: Filter, _checked: bool = False) -> None:
        self._asked_for.append(chip)
        self._name_chips()
        if isinstance(chip, Chip):
            chip.click()

    def _name_chips(self) -> None:
        """The rarer filters only while they are used or asked for, and the name of the view in force."""
        for chip in self._more:
            show_if(chip, chip in self._asked_for or bool(chip.words()))
        show_if(self.more, any(chip.isHidden() for chip in self._more))
        show_if(self.chips, any(not chip.isHidden() for chip in (*self.filters.values(), self.more)))
        self.view.set_text(labelled(_("View"), self.view_name()))

    def view_name(self) -> str:
        """What the view in force is called."""
        if not self.filtered():
            return self._usual
        wanted = self.wanted()
        known = {_(name): View(filters=filters) for name, filters in self._views.items()} | self.saved.all()
        return next((name for name, view in known.items() if self._is(view, wanted)), _("own choice"))

    def _is(self, view: View, wanted: Wanted) -> bool:
        filters = {name: view.filters.get(name, initial) for name, initial in self._initial.items()}
        return view.text == wanted.text and filters == dict(wanted.filters)

    def menu_of_views(self) -> QMenu:
        """The views: everybody's, one's own, and saving what is shown as one more."""
        menu, in_force, own = QMenu(self), self.view_name(), self.saved.all()
        everybody = {self._usual: View()} | {_(name): View(filters=one) for name, one in self._views.items()}
        for views in (everybody, own):
            for name, view in views.items():
                action = menu.addAction(name.replace("&", "&&"))
                action.setCheckable(True)
                action.setChecked(name == in_force)
                action.triggered.connect(partial(self._take_view, view))
            menu.addSeparator()
        menu.addAction(_("Save what is shown as a view…")).triggered.connect(self.save_view)
        if in_force in own:
            forget = menu.addAction(_("Forget the view “{name}”").format(name=in_force))
            forget.triggered.connect(partial(self._forget, in_force))
        return menu

    def _take_view(self, view: View, _checked: bool = False) -> None:
        self._put(view)
        self.ask()

    def save_view(self) -> SaveViewDialog:
        """Asks what the view is called."""
        dialog = SaveViewDialog(self.window())
        dialog.named.connect(self._save)
        dialog.open()
        return dialog

    def in_force(self) -> View:
        """What is shown, as a view."""
        wanted, model = self.wanted(), self.table.model
        columns = self.table.view.arrangement()
        return View(wanted.text, wanted.filters, model.sort_by, model.descending, columns)

    def _save(self, name: str) -> None:
        self.saved.save(name, self.in_force())
        self._name_chips()
        # A view with nothing but other columns is not named by the chip.
        self.shell.say(_("The view “{name}” is saved.").format(name=name))

    def _forget(self, name: str, _checked: bool = False) -> None:
        self.saved.forget(name)
        self._name_chips()

    # --- files and paper --------------------------------------------------------------------------------------

    def menu_of_files(self) -> QMenu:
        """How the list may be written."""
        menu = QMenu(self)
        for title, act in self._writings():
            menu.addAction(title).triggered.connect(lambda _checked=False, act=act: act())
        return menu

    def _writings(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            (_("Workbook (XLSX)…"), partial(self.choose_file, "xlsx")),
            (_("Text (CSV)…"), partial(self.choose_file, "csv")),
            (_("Print…"), self.print),
        ]

    def choose_file(self, kind: Literal["csv", "xlsx"]) -> None:
        """Asks where the list is to be written, and writes it."""
        patterns = {"xlsx": _("Workbook (*.xlsx)"), "csv": _("Text (*.csv)")}
        ask_to_save(
            self,
            _("Export the list"),
            f"{self._file_name()}.{kind}",
            patterns[kind],
            lambda path, _kind: self.write(path, kind, self._written),
        )

    def print(self) -> None:
        """Draws the list as a paper, to be looked at, printed or saved."""
        self.draw(self._preview)

    def _file_name(self) -> str:
        return as_file_name(_("{list} {day}").format(list=self.title, day=self.page.today.isoformat()))

    def write(self, path: str, kind: Literal["csv", "xlsx"], then: Callable[[ListWritten], object]) -> None:
        """Writes exactly what is shown: these rows, in this order, these columns. It goes on in the job tray."""
        command = WriteList(path=path, kind=kind, shown=self.shown())
        self.shell.operations.start(command, labelled(_("Export"), self.title), then=then, owner=self)

    def draw(self, then: Callable[[ListDrawn], object]) -> None:
        """Draws exactly what is shown. It goes on in the job tray."""
        command = DrawList(shown=self.shown())
        self.shell.operations.start(command, labelled(_("Printing"), self.title), then=then, owner=self)

    def shown(self) -> ShownList:
        """The list as it is shown. Columns for which the window has no room are part of it."""
        model = self.table.model
        return ShownList(
            self.name,
            self.title,
            [ListColumn(one.title, one.whole, one.value, one.number) for one in self.table.shown_columns()],
            model.all_rows(),
            subtitle=self.in_words(),
            count=model.summary.count,
            sums=self._sums,
        )

    def in_words(self) -> str:
        """What is searched and chosen, in words."""
        text = self._listed.text if self._listed is not None else ""
        parts = [_("“{text}”").format(text=text)] if text else []
        return " · ".join([*parts, *(words for chip in self.filters.values() if (words := chip.words()))])

    def _written(self, written: ListWritten) -> None:
        self.shell.say(
            ngettext(
                "{count} row was written to {file}.", "{count} rows were written to {file}.", written.rows
            ).format(count=format_number(written.rows), file=Path(written.path).name)
        )

    def _preview(self, drawn: ListDrawn) -> None:
        operations = self.shell.operations
        DocumentDialog(operations, self.window(), self.title, drawn.pdf, self._file_name()).open()

    # --- palette, language ------------------------------------------------------------------------------------

    def offered(self) -> list[Action]:
        """What the palette offers of every list."""
        group = self.title
        acts: list[tuple[str, str, str, str, Callable[[], object]]] = [
            ("xlsx", _("Export the list as a workbook…"), "", "file-down", partial(self.choose_file, "xlsx")),
            ("csv", _("Export the list as CSV…"), "", "file-down", partial(self.choose_file, "csv")),
            ("print", _("Print the list…"), "", "printer", self.print),
            ("columns", _("Choose the columns…"), "Ctrl+Shift+C", "columns-3", self.table.choose_columns),
            ("view", _("Save what is shown as a view…"), "", "star", self.save_view),
            ("all", _("Select all rows"), "Ctrl+A", "square-check", self._select_all),
            ("clear", _("Clear the filters"), "Ctrl+Shift+X", "filter", self.clear),
        ]
        return [
            Action(id=f"{self.name} list {one}", title=title, key=key, icon=icon, group=group, run=run)
            for one, title, key, icon, run in acts
        ]

    def _select_all(self) -> None:
        self.table.take_focus()
        self.table.select_all()

    def memory(self) -> dict[str, Any]:
        """What is shown, through a change of language."""
        return {"view": self.in_force()}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Takes it up again."""
        self._take_view(memory["view"])
