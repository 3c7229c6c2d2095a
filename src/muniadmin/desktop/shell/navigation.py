"""Pages and how they plug in.

A slice's page lives in ``desktop/<slice>/<thing>_page.py`` and is announced in ``desktop/<slice>/pages.py``::

    PAGES = (
        PageSpec(
            id="fines", title=N_("Fines"), icon="square-parking", key="F7", place=7, permission=VIEW_FINES,
            page="muniadmin.desktop.fines.fines_page:FinesPage", opens=frozenset({FINE_NUMBER}),
        ),
    )

and the slice's ``slice.py`` names that module. The page itself::

    class FinesPage(Page):
        topics = frozenset({FINES_TOPIC, BILLS_TOPIC})         # reload when a command touched one of these

        def __init__(self, shell: Shell) -> None:
            super().__init__(shell, _("Fines"))
            new = Button(_("New fine"), Kind.PRIMARY, key="Ctrl+N")
            new.clicked.connect(self._new_fine)
            self.header.add_action(new)                        # or add_chip(...)
            self.detail = Card(...)
            self.listing = Listing(self, "fines", _("Fines"), columns, self._rows_of, panel=self.detail, ...)
            self.body.addWidget(self.listing, 1)               # below the header, with the page's margins

        def reload(self) -> None:                               # ask again: shown data may have changed
            self.listing.reload()

        def open(self, target: Target) -> None:                 # opened by a scan, a search, another page
            ...

        def _pay(self) -> None:
            self.run(TakePayment(...), then=self._paid, failed=self.form.refuse)

Traps: a widget without a place yet that is shown with ``setVisible(True)`` becomes a window of its own for a moment and
takes the keyboard: use ``layouts.show_if``. ``QStackedLayout`` does the same: use ``QStackedWidget``.

Rules: ``self.run(command, then=, failed=)`` writes, ``self.read(query, then=, key=)`` asks, both answer on the GUI
thread and never to a page that is gone. A refusal nobody takes appears in ``self.notice``. ``actions_offered()`` says
what the command palette offers. ``memory()`` and ``recall()`` carry filters and typed text through a change of
language, when the page is made anew; a page that says ``dirty()`` is left alone until it is saved. Pages of different
slices never import each other: they meet by ``self.shell.go("counter", Scanned(...))``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from muniadmin.desktop.shell.actions import Action
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.files import write_file
from muniadmin.desktop.widgets.header import PageHeader
from muniadmin.desktop.widgets.layouts import column
from muniadmin.kernel.changes import ChangeSet, Topic
from muniadmin.kernel.errors import DatabaseBusy, DatabaseUnreachable, UserError
from muniadmin.kernel.i18n import _
from muniadmin.kernel.permissions import Permission
from muniadmin.kernel.requests import Command, Query

if TYPE_CHECKING:
    from muniadmin.desktop.shell.shell import Shell
    from muniadmin.kernel.numbers import NumberKind

T = TypeVar("T")


@dataclass(frozen=True)
class Target:
    """What a page is asked to show when it is opened."""


@dataclass(frozen=True)
class Scanned(Target):
    """A number that was scanned or typed, in its printed form."""

    kind: "NumberKind"
    number: str


@dataclass(frozen=True)
class Searched(Target):
    """A text that was typed into the search box."""

    text: str


@dataclass(frozen=True)
class Filtered(Target):
    """The rows behind a figure: the page's own filters by name."""

    filters: Mapping[str, Any]


@dataclass(frozen=True)
class New(Target):
    """The form for a new thing, with some fields filled. ``back`` is the page that wants it, and is returned to."""

    values: Mapping[str, Any] = field(default_factory=dict)
    back: str = ""


@dataclass(frozen=True)
class Badge:
    """A count beside a page's name in the side bar, asked again when one of ``topics`` was touched."""

    query: Callable[[], Query[int]]
    topics: frozenset[Topic]


@dataclass(frozen=True, kw_only=True)
class PageSpec:
    """A page in the side bar. ``page`` names its module and class, ``"module:class"``; it is imported when it is first
    opened, or soon after somebody signed in.

    ``place`` is where it stands in the side bar, the lowest first. ``opens`` are the numbers it can show, with
    ``opens_bills`` every number that bills bear; ``searches`` says that it answers the search box. ``also`` are further
    permissions of which one suffices. ``hidden`` pages are in the palette only.
    """

    id: str
    title: str
    icon: str
    permission: Permission | None
    page: str
    place: int
    key: str = ""
    also: frozenset[Permission] = frozenset()
    opens: frozenset["NumberKind"] = frozenset()
    opens_bills: bool = False
    searches: bool = False
    badge: Badge | None = None
    hidden: bool = False

    def allowed(self, permissions: frozenset[Permission]) -> bool:
        """Whether somebody with these permissions sees the page."""
        return self.permission is None or self.permission in permissions or bool(self.also & permissions)

    def shows(self, kind: "NumberKind") -> bool:
        """Whether the page opens what such a number is of."""
        return kind in self.opens or (self.opens_bills and kind.on_bills)

    @property
    def name(self) -> str:
        """The title in the language in force."""
        return _(self.title)

    def load(self) -> Callable[["Shell"], "Page"]:
        """The class of the page, imported if it was not yet."""
        module, name = self.page.split(":")
        made: Callable[[Shell], Page] = getattr(import_module(module), name)
        return made


@dataclass(frozen=True)
class Scene:
    """A state of a page for the gallery: its name, and how it is brought about.

    ``make`` may answer with the dialog it opened; else the whole window is taken.
    """

    name: str
    make: Callable[[], QWidget | None]


#: The database could not be asked: what is shown is not what it holds.
_NO_ANSWER = (DatabaseUnreachable, DatabaseBusy)


class Page(QWidget):
    """A page: header, notice, body. See this module's docstring for the pattern."""

    topics: ClassVar[frozenset[Topic]] = frozenset()

    def __init__(self, shell: "Shell", title: str) -> None:
        super().__init__()
        self.shell = shell
        self.header = PageHeader(title)
        self.notice = Banner()
        self.notice.hide()
        self.setAccessibleName(title)
        self.body: QVBoxLayout = column(self.header, self.notice, spacing=12, margins=(20, 16, 20, 16))
        self.setLayout(self.body)
        self._stale = False

    # --- what a page overrides --------------------------------------------------------------------------------

    def reload(self) -> None:
        """Asks again for everything shown."""

    def open(self, target: Target) -> None:
        """Shows what was asked for."""

    def take_focus(self) -> None:
        """Puts the keyboard where the user starts; called whenever the page comes to the front."""
        self.focusNextChild()

    def actions_offered(self) -> Sequence[Action]:
        """What the command palette offers while this page is in front."""
        return ()

    def dirty(self) -> bool:
        """Whether something was typed that is neither saved nor in :meth:`memory`."""
        return False

    def memory(self) -> dict[str, Any]:
        """Filters and typed text, to be recalled by the page made anew in another language."""
        return {}

    def recall(self, memory: dict[str, Any]) -> None:
        """Takes up what :meth:`memory` of its predecessor said."""

    def scenes(self) -> Sequence[Scene]:
        """States of the page worth a picture in the gallery, beside the page as it opens."""
        return ()

    # --- what a page uses -------------------------------------------------------------------------------------

    def run(
        self,
        command: Command[T],
        *,
        then: Callable[[T], object] | None = None,
        failed: Callable[[UserError], object] | None = None,
        undone: Callable[[], object] | None = None,
    ) -> None:
        """Carries out a command; the notice of the last refusal goes. ``undone``: see ``Operations.run``."""
        self.notice.hide()
        self.shell.operations.run(
            command, then=then, failed=failed or self._refused, undone=undone, owner=self
        )

    def write_file(self, path: str, content: bytes) -> None:
        """Writes a file where somebody chose, and says so."""
        saved = _("Saved as {file}").format(file=Path(path).name)
        self.notice.hide()
        self.shell.operations.work(
            partial(write_file, path, content),
            then=lambda _nothing: self.shell.say(saved),
            failed=self._refused,
            owner=self,
        )

    def read(
        self,
        query: Query[T],
        *,
        then: Callable[[T], object],
        failed: Callable[[UserError], object] | None = None,
        undone: Callable[[], object] | None = None,
        key: str = "",
    ) -> None:
        """Asks a question; with ``key`` a newer question drops the answer to this one. ``undone`` is called when an
        incident left it without an answer. A page that the database did not answer asks again when next opened."""

        def refused(problem: UserError) -> object:
            if not isinstance(problem, _NO_ANSWER):
                return (failed or self._refused)(problem)
            self._stale = True
            if failed is not None:
                return failed(problem)
            self.notice.show_error(problem, action=(_("Try again"), self.freshen))
            return True

        self.shell.operations.read(query, then=then, failed=refused, undone=undone, owner=self, key=key)

    def drop(self, *keys: str) -> None:
        """Drops the answers to what was asked with these keys: whoever they were for is gone."""
        self.shell.operations.drop(self, *keys)

    def may(self, permission: Permission) -> bool:
        """Whether the signed-in user may do this."""
        return self.shell.actor.may(permission)

    @property
    def today(self) -> date:
        """The municipality's business date."""
        return self.shell.today()

    def _refused(self, problem: UserError) -> None:
        self.notice.show_error(problem)

    # --- what the frame calls ---------------------------------------------------------------------------------

    def on_changed(self, changes: ChangeSet) -> None:
        """Reloads when a topic of this page was touched: at once when visible, else when it is next shown."""
        if not changes.touches(*self.topics):
            return
        if self.isVisible():
            self.reload()
        else:
            self._stale = True

    def freshen(self) -> None:
        """Reloads if something was touched while the page was hidden, or something asked had no answer."""
        if self._stale:
            self._stale = False
            self.notice.hide()
            self.reload()


def split(main: QWidget | QLayout, aside: QWidget | QLayout, *, aside_width: int = 360) -> QHBoxLayout:
    """A list and the detail of its current row, side by side as every page has them."""
    line = QHBoxLayout()
    line.setSpacing(12)
    line.setContentsMargins(0, 0, 0, 0)
    for part, stretch in ((main, 1), (aside, 0)):
        if isinstance(part, QWidget):
            line.addWidget(part, stretch)
            if not stretch:
                part.setFixedWidth(aside_width)
        else:
            line.addLayout(part, stretch)
    return line
