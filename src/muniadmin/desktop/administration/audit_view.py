"""The audit log: who did what to what, the newest first."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import partial

from PySide6.QtWidgets import QStackedWidget, QWidget

from muniadmin.anchors.rules import SHORT
from muniadmin.audit.reads import AuditCount, AuditLine, AuditLog
from muniadmin.audit.rules import MONEY_DETAILS, detail_name, event_name
from muniadmin.collection.rules import CHANNEL_NAMES
from muniadmin.desktop.lists.listing import Listing, Nothing, Wanted
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.cards import Card, Scroller, Section
from muniadmin.desktop.widgets.chips import GivenChip
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.labels import Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, show_if
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import QuerySource, Summary, Window
from muniadmin.indicators.catalogue import CATALOGUE
from muniadmin.indicators.wording import name_of
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _, labelled, pick
from muniadmin.kernel.money import Money
from muniadmin.settings.profile import AttributeSpec, Profile
from muniadmin.settings.reads import TheProfile

_DIGESTS = ("digest", "sha256")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What is no number among the subjects.
_SUBJECTS = {
    "database": N_("the database"),
    "anchors": N_("the folder of the anchors"),
    "day_collection": N_("the totals of the days"),
}
_NUMBERED = {"session": N_("session {number}"), "draft": N_("draft {number}")}


class AuditView(QWidget):
    """Search, list, the chosen line in full."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        #: What is kept of taxable objects, by its code: what the lines of a changed one are written in.
        self._kept: dict[str, AttributeSpec] = {}
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState("scroll-text", _("No line chosen"), _("Choose a line to read it in full."))
        )
        self._event = Text("", Role.SECTION, wrap=True)
        self._facts = DefinitionRows(muted="label")
        self._detail = DefinitionRows(muted="label")
        self._digest = Text("", Role.SMALL, wrap=True).selectable()
        self._written = section = Section(_("Written down"), self._detail, self._digest)
        section.body.addStretch(1)
        whole = column(spacing=0)
        whole.addLayout(column(self._event, self._facts, spacing=12, margins=(16, 16, 16, 16)))
        whole.addWidget(Hairline())
        whole.addWidget(Scroller(section), 1)
        detail = QWidget()
        detail.setLayout(whole)
        self._stack.addWidget(detail)
        side = Card()
        side.body.addWidget(self._stack, 1)
        shell = page.shell
        #: The line that was asked for; the list begins with its event.
        self._begins = GivenChip(
            lambda place: _("From event {number}").format(number=format_number(place[0]))
        )
        self.listing: Listing[AuditLine] = Listing(
            page,
            "audit",
            _("Audit log"),
            audit_columns(shell),
            self._source,
            key=lambda line: line.place,
            search=_("A number, a user or an event"),
            filters={"begins": self._begins},
            empty=Nothing("scroll-text", _("Nothing was found"), _("Try a part of a number or a user name.")),
            panel=side,
            panel_width=340,
        )
        self.list, self.search = self.listing.table, self.listing.search
        self.listing.chosen.connect(self._show)
        self.setLayout(column(self.listing))
        page.read(TheProfile(), then=self._take_profile, key="profile")
        self.listing.ask()

    def _take_profile(self, profile: Profile) -> None:
        self._kept = {one.code: one for kind in profile.object_kinds for one in kind.attributes}
        self._show(self.list.current())

    def show_event(self, event_id: int, line: int | None = None) -> None:
        """Chooses a line of an event, the first if none is named; the list begins with that event."""
        place = event_id, line or 1
        self.listing.look_for(key=place, begins=place)

    def reload(self) -> None:
        """Asks again; the line in hand stays."""
        self.listing.reload()

    def _source(self, wanted: Wanted) -> QuerySource[AuditLine]:
        begins = wanted.filters["begins"]
        before = None if begins is None else (begins[0] + 1, 0)
        return QuerySource(
            self._page.read,
            page=partial(_question, wanted.text, before),
            total=lambda: AuditCount(text=wanted.text, before=before),
            summarise=Summary,
        )

    def _show(self, line: AuditLine | None) -> None:
        self._stack.setCurrentIndex(0 if line is None else 1)
        if line is None:
            return
        self._event.setText(event_name(line.event))
        self._facts.set_rows(
            [
                (_("Date and time"), self._page.shell.instant(line.at)),
                (_("User"), line.user_name),
                (_("Workstation"), line.workstation),
                (_("Subject"), subject_words(self._page.shell, line.subject)),
                (_("Code"), line.event),
            ]
        )
        self._written.setVisible(bool(line.detail))
        kept = self._kept if line.event.startswith("taxpayers:object:") else {}
        self._detail.set_rows(
            [
                (self._called(name, kept), self._shown(name, value, kept))
                for name, value in line.detail.items()
                if name not in _DIGESTS
            ]
        )
        digest = "".join(str(line.detail.get(name, "")) for name in _DIGESTS)
        # In groups of letters, so that a narrow place shows all of it.
        groups = " ".join(digest[start : start + SHORT] for start in range(0, len(digest), SHORT))
        self._digest.setText(labelled(detail_name("digest"), groups) if digest else "")
        show_if(self._digest, bool(digest))

    def _called(self, name: str, kept: Mapping[str, AttributeSpec]) -> str:
        spec = kept.get(name)
        if spec is None:
            return detail_name(name)
        return f"{pick(spec.names)} ({spec.unit})" if spec.unit else pick(spec.names)

    def _shown(self, name: str, value: object, kept: Mapping[str, AttributeSpec]) -> str:
        """What stands in a line as it is written elsewhere in the program; what has no such form, as it stands."""
        spec = kept.get(name)
        is_money = name in MONEY_DETAILS or (spec is not None and spec.type == "money")
        match value:
            case {"before": before, "after": after, **others} if not others:
                shown = f"{self._shown(name, before, kept)} → {self._shown(name, after, kept)}"
            case None:
                shown = "–"
            case list() if name == "fields":
                shown = ", ".join(self._called(str(one), kept) for one in value)
            case list():
                shown = ", ".join(self._one_of(one) for one in value)
            case bool():
                shown = _("yes") if value else _("no")
            case int() if is_money:
                shown = self._amount(value)
            case str() if spec is not None and spec.type == "choice":
                shown = next((pick(one.names) for one in spec.choices if one.code == value), value)
            case str():
                shown = self._day_or_text(value)
            case _:
                shown = str(value)
        return shown

    def _one_of(self, value: object) -> str:
        """One of several: a means of payment with its amount, or a text."""
        match value:
            case [str(channel), int(amount)]:
                return f"{_(CHANNEL_NAMES.get(channel, channel))} {self._amount(amount)}"
        return str(value)

    def _day_or_text(self, text: str) -> str:
        if _DAY.fullmatch(text):
            with suppress(ValueError):
                return self._page.shell.day(date.fromisoformat(text))
        return text

    def _amount(self, minor: int) -> str:
        return self._page.shell.amount(Money(minor), code=True)


def subject_words(shell: Shell, subject: str) -> str:
    """What an event is about. Numbers stand as they are; words of the program and days as the user's language has
    them."""
    first, _blank, rest = subject.partition(" ")
    if subject in _SUBJECTS:
        return _(_SUBJECTS[subject])
    if first in _NUMBERED and rest.isdigit():
        return _(_NUMBERED[first]).format(number=rest)
    if first in CATALOGUE:
        return f"{name_of(first)} {rest}".strip()
    if _DAY.fullmatch(subject):
        with suppress(ValueError):
            return shell.day(date.fromisoformat(subject))
    return subject


def audit_columns(shell: Shell) -> list[Column[AuditLine]]:
    """The columns of the log."""
    return [
        Column("at", _("Date and time"), lambda line: shell.instant(line.at), width=132, look="muted", exact=True),
        Column("user", _("User"), lambda line: line.user_name, width=110, look="strong"),
        Column("event", _("Event"), lambda line: event_name(line.event), width=160, stretch=True),
        Column(
            "subject", _("Subject"), lambda line: subject_words(shell, line.subject), width=190, leaves=1
        ),
        Column(
            "workstation", _("Workstation"), lambda line: line.workstation, width=120, look="muted", hidden=True
        ),
    ]  # fmt: skip


def _question(text: str, before: tuple[int, int] | None, window: Window) -> AuditLog:
    """A window of lines; from the line before it, where that is known."""
    if window.anchor is not None:
        return AuditLog(text=text, before=window.anchor.place, offset=window.skip, limit=window.limit)
    return AuditLog(text=text, before=before, offset=window.offset, limit=window.limit)
