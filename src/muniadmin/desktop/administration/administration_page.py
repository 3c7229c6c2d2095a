"""The administration: who may do what, who did what, and the municipality's own card."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from muniadmin.access.names import ADMINISTER_USERS, USERS_TOPIC
from muniadmin.anchors.names import ANCHORS_TOPIC
from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.desktop.administration.anchors_view import AnchorsView
from muniadmin.desktop.administration.audit_view import AuditView
from muniadmin.desktop.administration.municipality_view import MunicipalityView
from muniadmin.desktop.administration.users_view import UsersView
from muniadmin.desktop.administration.workstation_view import WorkstationView
from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.shell.navigation import Filtered, Page, Scene, Target
from muniadmin.desktop.shell.scanner import read_scan
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.chips import ChoiceChips
from muniadmin.desktop.widgets.layouts import row
from muniadmin.kernel.changes import AUDIT_TOPIC
from muniadmin.kernel.i18n import _
from muniadmin.settings.names import SETTINGS_TOPIC

_ICONS = {
    "users": "users", "audit": "list", "anchors": "shield-check", "municipality": "landmark", "workstation": "monitor",
}  # fmt: skip


class AdministrationPage(Page):
    """The views, each only for those who may see it."""

    topics = frozenset({USERS_TOPIC, AUDIT_TOPIC, ANCHORS_TOPIC, SETTINGS_TOPIC})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Administration"))
        offered: list[tuple[str, str, Callable[[], QWidget]]] = []
        if self.may(ADMINISTER_USERS):
            offered.append(("users", _("Users"), lambda: UsersView(self)))
        if self.may(VIEW_AUDIT):
            offered.append(("audit", _("Audit log"), lambda: AuditView(self)))
            offered.append(("anchors", _("Anchors"), lambda: AnchorsView(self)))
        offered.append(("municipality", _("Municipality"), lambda: MunicipalityView(self)))
        offered.append(("workstation", _("Workstation"), lambda: WorkstationView(shell)))
        self._makers = {name: make for name, _title, make in offered}
        self._titles = {name: title for name, title, _make in offered}
        self._made: dict[str, QWidget] = {}
        self.chips: ChoiceChips[str] = ChoiceChips(
            _("Part of the administration"), [(name, title) for name, title, _make in offered]
        )
        self.chips.chosen.connect(self.show_view)
        self.stack = QStackedWidget()
        self.body.addLayout(row(self.chips))
        self.body.addWidget(self.stack, 1)
        self.stack.setCurrentWidget(self.view(self.chips.value()))

    def offers(self, name: str) -> bool:
        """Whether this user may see a view."""
        return name in self._makers

    def view(self, name: str) -> QWidget:
        """A view, made when it is first wanted."""
        if name not in self._made:
            self._made[name] = self._makers[name]()
            self.stack.addWidget(self._made[name])
        return self._made[name]

    def show_view(self, name: str) -> None:
        """Brings a view to the front."""
        self.chips.set_value(name)
        self.stack.setCurrentWidget(self.view(name))
        if isinstance(users := self._made.get("users"), UsersView):
            users.new.setVisible(name == "users")

    def open(self, target: Target) -> None:
        """A user, a line of the audit log, an anchor or the municipality's card, as a finding of a verification
        names it."""
        if not isinstance(target, Filtered):
            return
        wanted, key = target.filters["view"], target.filters
        name = {"user": "users", "anchor": "anchors", "audit": "audit"}.get(wanted, "municipality")
        if not self.offers(name):
            return
        self.show_view(name)
        view = self.view(name)
        if isinstance(view, UsersView):
            view.show_user(key["user_id"])
        elif isinstance(view, AuditView):
            view.show_event(key["event_id"], key.get("line"))
        elif isinstance(view, AnchorsView) and "number" in key:
            view.show_anchor(key["number"])

    def reload(self) -> None:
        """Asks again."""
        for view in self._made.values():
            if isinstance(view, UsersView | AuditView | AnchorsView):
                view.reload()

    def take_focus(self) -> None:
        """The list of the view in front has the keyboard."""
        view = self.stack.currentWidget()
        if isinstance(view, UsersView | AuditView | AnchorsView):
            view.listing.take_focus()
        elif isinstance(view, WorkstationView):
            view.take_focus()

    def actions_offered(self) -> list[Action]:
        """What the palette offers here."""
        group = _("Administration")
        actions = [
            Action(
                id=f"administration.{name}", title=title, icon=_ICONS[name], group=group,
                run=partial(self._go_to, name),
            )
            for name, title in self._titles.items()
        ]  # fmt: skip
        if self.offers("users"):
            key = "Ctrl+N" if self.chips.value() == "users" else ""
            new = Action(
                id="new user", title=_("New user"), key=key, icon="user-plus", group=group, run=self._new_user
            )
            actions.insert(0, new)
        return actions

    def _go_to(self, name: str) -> None:
        self.show_view(name)
        self.take_focus()

    def scenes(self) -> list[Scene]:
        """Each view, and the form of a new user."""

        def new_user() -> QWidget:
            self.show_view("users")
            return self._new_user()

        def lines() -> None:
            self.show_view("audit")
            audit = self.view("audit")
            assert isinstance(audit, AuditView)
            audit.list.select_first()

        scenes = [
            Scene("municipality", lambda: self.show_view("municipality")),
            Scene("workstation", self._try_scanner),
        ]
        if self.offers("audit"):
            scenes.insert(0, Scene("audit", lines))
            scenes.insert(1, Scene("anchors", lambda: self.show_view("anchors")))
        if self.offers("users"):
            scenes = [Scene("users", lambda: self.show_view("users")), Scene("new-user", new_user), *scenes]
        return scenes

    def _new_user(self) -> QWidget:
        self.show_view("users")
        users = self.view("users")
        assert isinstance(users, UsersView)
        return users.new_user()

    def _try_scanner(self) -> None:
        self.show_view("workstation")
        view = self.view("workstation")
        assert isinstance(view, WorkstationView)
        view.scanner.show_reading(read_scan("]C1A-2026-0000001-4"))

    def memory(self) -> dict[str, Any]:
        """Which view is in front."""
        return {"view": self.chips.value()}

    def recall(self, memory: dict[str, Any]) -> None:
        """The same view."""
        self.show_view(memory["view"])
