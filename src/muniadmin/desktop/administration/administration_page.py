"""The administration: who may do what, who did what, and the municipality's own card."""

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


class AdministrationPage(Page):
    """The views, each only for those who may see it."""

    topics = frozenset({USERS_TOPIC, AUDIT_TOPIC, ANCHORS_TOPIC, SETTINGS_TOPIC})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, _("Administration"))
        self.views: dict[str, QWidget] = {}
        names: list[tuple[str, str]] = []
        if self.may(ADMINISTER_USERS):
            self.views["users"] = UsersView(self)
            names.append(("users", _("Users")))
        if self.may(VIEW_AUDIT):
            self.views["audit"] = AuditView(self)
            names.append(("audit", _("Audit log")))
            self.views["anchors"] = AnchorsView(self)
            names.append(("anchors", _("Anchors")))
        self.views["municipality"] = MunicipalityView(self)
        names.append(("municipality", _("Municipality")))
        self.views["workstation"] = WorkstationView(shell)
        names.append(("workstation", _("Workstation")))
        self.chips: ChoiceChips[str] = ChoiceChips(_("Part of the administration"), names)
        self.chips.chosen.connect(self.show_view)
        self.stack = QStackedWidget()
        for view in self.views.values():
            self.stack.addWidget(view)
        self.body.addLayout(row(self.chips))
        self.body.addWidget(self.stack, 1)

    def show_view(self, name: str) -> None:
        """Brings a view to the front."""
        self.chips.set_value(name)
        self.stack.setCurrentWidget(self.views[name])

    def open(self, target: Target) -> None:
        """A user, a line of the audit log, an anchor or the municipality's card, as a finding of a verification
        names it."""
        if not isinstance(target, Filtered):
            return
        wanted, key = target.filters["view"], target.filters
        name = {"user": "users", "anchor": "anchors", "audit": "audit"}.get(wanted, "municipality")
        view = self.views.get(name)
        if view is None:
            return
        self.show_view(name)
        if isinstance(view, UsersView):
            view.show_user(key["user_id"])
        elif isinstance(view, AuditView):
            view.show_event(key["event_id"], key.get("line"))
        elif isinstance(view, AnchorsView) and "number" in key:
            view.show_anchor(key["number"])

    def reload(self) -> None:
        """Asks again."""
        for view in self.views.values():
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
        users = self.views.get("users")
        if not isinstance(users, UsersView):
            return []
        return [
            Action(
                id="new user",
                title=_("New user"),
                key="Ctrl+N",
                icon="user-plus",
                group=_("Administration"),
                run=users.new_user,
            )
        ]

    def scenes(self) -> list[Scene]:
        """Each view, and the form of a new user."""
        users, audit = self.views.get("users"), self.views.get("audit")

        def new_user() -> QWidget | None:
            self.show_view("users")
            return users.new_user() if isinstance(users, UsersView) else None

        def lines() -> None:
            self.show_view("audit")
            if isinstance(audit, AuditView):
                audit.list.select_first()

        scenes = [
            Scene("municipality", lambda: self.show_view("municipality")),
            Scene("workstation", self._try_scanner),
        ]
        if audit is not None:
            scenes.insert(0, Scene("audit", lines))
            scenes.insert(1, Scene("anchors", lambda: self.show_view("anchors")))
        if users is not None:
            scenes = [Scene("users", lambda: self.show_view("users")), Scene("new-user", new_user), *scenes]
        return scenes

    def _try_scanner(self) -> None:
        self.show_view("workstation")
        view = self.views["workstation"]
        assert isinstance(view, WorkstationView)
        view.scanner.show_reading(read_scan("]C1A-2026-0000001-4"))

    def memory(self) -> dict[str, Any]:
        """Which view is in front."""
        return {"view": self.chips.value()}

    def recall(self, memory: dict[str, Any]) -> None:
        """The same view."""
        self.show_view(memory["view"])
