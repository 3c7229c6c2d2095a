"""The chosen finding in full: what is wrong, what the row said and says, the ways to the row and to the log."""

import re
from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from muniadmin.access.names import ADMINISTER_USERS
from muniadmin.anchors.rules import SHORT
from muniadmin.desktop.shell.navigation import Filtered, Page, Scanned, Target
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.cards import Card, Scroller, Section
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.labels import Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, row, show_if
from muniadmin.kernel.i18n import N_, _
from muniadmin.verification.commands import Finding
from muniadmin.verification.findings import changes, logged, sentence, value_in
from muniadmin.verification.shown_reads import Shown, View, WhereShown, Why

_DIGEST = re.compile(rf"\b([0-9a-f]{{{SHORT}}})[0-9a-f]{{{64 - SHORT}}}\b")

_WHY_NOT: Mapping[Why, str] = {
    "whole": N_("It is about a whole table or the whole database: there is no row to open."),
    "gone": N_("No page can show the row: it is gone."),
    "alone": N_("The audit log cannot show the line: its event is gone."),
    "unlogged": N_("The audit log has no line of the event."),
    "end": N_("No page shows the row: it is where a chain ends."),
    "total": N_("No page shows the row: it is a total or a count that the program keeps for itself."),
    "none": N_("No page shows rows of this table."),
}
_PAGES: Mapping[View, str] = {"act": "acts", "session": "cash"}
"""The pages of views; all others are parts of the administration."""

Way = tuple[str, Target]
"""A page, and what to ask it for."""


class FindingCard(Card):
    """Beside the list of findings."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._finding: Finding | None = None
        self._shown: Shown | None = None
        self._sentence = Text("", Role.STRONG, wrap=True).selectable()
        self._where = DefinitionRows(muted="label")
        self._changes = DefinitionRows(muted="label")
        self._in_log = Text("", wrap=True).selectable()
        self._said, self._says = DefinitionRows(muted="label"), DefinitionRows(muted="label")
        self._digest_only = Text(
            _("Events hold a digest of this row: it proves that the row was changed, not what it said."),
            Role.SECONDARY,
            wrap=True,
        )
        self._sections = (
            Section(_("In the audit log"), self._in_log),
            Section(_("What was changed"), self._changes),
            Section(_("What the row said"), self._digest_only, self._said),
            Section(_("What it says now"), self._says),
        )
        self.to_row = Button(_("Open the row"), icon="external-link", small=True)
        self.to_row.clicked.connect(lambda _checked=False: self.open_row())
        self.to_log = Button(_("Open in the audit log"), icon="scroll-text", small=True)
        self.to_log.clicked.connect(lambda _checked=False: self._go(self._way_to_log()))
        self._why_not = Text("", Role.SECONDARY, wrap=True)
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState("shield-check", _("No finding chosen"), _("Choose a finding to read it in full."))
        )
        self._stack.addWidget(self._in_full())
        self.body.addWidget(self._stack, 1)

    def _in_full(self) -> QWidget:
        head = column(
            self._sentence,
            self._where,
            row(self.to_row, self.to_log, None),
            self._why_not,
            spacing=12,
            margins=(16, 16, 16, 16),
        )
        sections = column(*self._sections, spacing=0)
        sections.addStretch(1)
        rest = QWidget()
        rest.setLayout(sections)
        whole = column(spacing=0)
        whole.addLayout(head)
        whole.addWidget(Hairline())
        whole.addWidget(Scroller(rest), 1)
        detail = QWidget()
        detail.setLayout(whole)
        return detail

    def show_finding(self, finding: Finding | None, check: str = "") -> None:
        """A finding of the check that is called so; None: no finding is chosen."""
        self._finding, self._shown = finding, None
        self._stack.setCurrentIndex(0 if finding is None else 1)
        if finding is None:
            return
        town = self._page.shell.municipality
        # A whole digest is one word, for which there is no room; what the row said has it.
        self._sentence.setText(_DIGEST.sub(r"\1…", sentence(finding, town)))
        where = [(_("Table"), finding.table), (_("Key"), finding.key), (_("Check"), check)]
        if finding.event is not None:
            where.append((_("Written by event"), str(finding.event)))
        self._where.set_rows([(label, value) for label, value in where if value])
        self._in_log.setText("\n".join(logged(line, town) for line in finding.logged))
        changed = changes(finding, town)
        self._changes.set_rows(changed)
        self._said.set_rows(self._in_rows(finding, finding.said))
        self._says.set_rows(self._in_rows(finding, finding.says))
        digest_only = bool(finding.event is not None and finding.says and not finding.said)
        show_if(self._digest_only, digest_only)
        for section, is_there in zip(
            self._sections,
            (finding.logged, changed, finding.said or digest_only, finding.says),
            strict=True,
        ):
            section.setVisible(bool(is_there))
        for part in (self.to_row, self.to_log, self._why_not):
            part.hide()
        self._page.read(
            WhereShown(table=finding.table, key=finding.key, event=finding.event),
            then=self._on_where,
            key="where",
        )

    def _in_rows(self, finding: Finding, values: Mapping[str, object]) -> list[tuple[str, str]]:
        town = self._page.shell.municipality
        return [(name, value_in(finding.table, name, value, town)) for name, value in values.items()]

    def _on_where(self, shown: Shown) -> None:
        self._shown = shown
        way, why_not = self._way_to_row()
        self.to_row.setVisible(way is not None and shown.view != "audit")
        self.to_log.setVisible(self._way_to_log() is not None)
        self._why_not.setText(why_not)
        self._why_not.setVisible(bool(why_not))

    def open_row(self) -> None:
        """Goes to the page that shows the chosen finding's row, or what comes nearest to it."""
        self._go(self._way_to_row()[0])

    def _go(self, way: Way | None) -> None:
        if way is not None:
            self._page.shell.go(*way)

    def _way_to_row(self) -> tuple[Way | None, str]:
        """The page that shows the chosen finding's row to this user, and what to ask it for; else why none does."""
        shown = self._shown
        if shown is None:
            return None, ""
        if shown.why_not:
            return None, _(_WHY_NOT[shown.why_not])
        if shown.view is None:
            assert shown.kind is not None
            return self._showing(shown.kind, Scanned(shown.kind, shown.number))
        page, filters = _PAGES.get(shown.view, "administration"), dict[str, Any](shown.key)
        if shown.view == "act":
            filters["state"] = None
        elif page == "administration":
            filters |= {"view": shown.view, "line": self._line()}
        if shown.view == "user" and not self._page.may(ADMINISTER_USERS):
            return None, _("Only those who administer the users may see the row.")
        return self._allowed([page], Filtered(filters))

    def _way_to_log(self) -> Way | None:
        """The page of the audit log with the event that is meant; None where the log has no line of it."""
        if self._shown is None or self._finding is None:
            return None
        if self._shown.view == "audit":
            return self._way_to_row()[0]
        if self._finding.event is None or not any(line.at is not None for line in self._finding.logged):
            return None
        target = Filtered({"view": "audit", "event_id": self._finding.event, "line": self._line()})
        return self._allowed(["administration"], target)[0]

    def _line(self) -> int:
        """The line of the audit log that the finding means, of those that its event has."""
        assert self._finding is not None
        return next((one.line for one in self._finding.logged if one.astray != "gone"), 1)

    def _showing(self, kind: Any, target: Target) -> tuple[Way | None, str]:
        from muniadmin.desktop.pages import all_pages

        ids = [spec.id for spec in all_pages() if spec.shows(kind)]
        # The counter shows bills, too, but to take money for them.
        return self._allowed(sorted(ids, key=lambda one: one == "counter"), target)

    def _allowed(self, ids: list[str], target: Target) -> tuple[Way | None, str]:
        """The first of some pages that this user may see; else that they may see none of them."""
        from muniadmin.desktop.pages import all_pages

        specs = {spec.id: spec for spec in all_pages()}
        for page_id in ids:
            if specs[page_id].allowed(self._page.shell.actor.permissions):
                return (page_id, target), ""
        names = ", ".join(specs[page_id].name for page_id in ids)
        return None, _("You may not see the page that shows the row ({page}).").format(page=names)
